import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TextQueue, type Texts } from '../../src/sinks/text-queue.js'

/** A flush that ends when the test says so. */
function heldFlush() {
  const flushed: string[] = []
  let end: (error?: Error) => void = () => {}
  const flush = ({ bytes }: Texts) =>
    new Promise<void>((resolve, reject) => {
      flushed.push(bytes.toString())
      end = (error) => (error ? reject(error) : resolve())
    })
  return { flushed, flush, end: (error?: Error) => end(error) }
}

describe('the text queue', () => {
  it('hands on what came within one turn of the event loop in one piece', async () => {
    const flushed: string[] = []
    const queue = new TextQueue({ flush: ({ bytes }) => void flushed.push(bytes.toString()), restMs: 0 })
    void queue.write('a\n')
    void queue.write('b\n')
    await Promise.resolve()
    void queue.write('ü\n')
    expect(flushed).toEqual([])
    await queue.drain()
    expect(flushed).toEqual(['a\nb\nü\n'])
  })

  it('says when what was written is flushed, and that nothing is waited for', async () => {
    const { flush, end } = heldFlush()
    const queue = new TextQueue({ flush, restMs: 0 })
    expect(queue.flushed()).toBeUndefined()
    void queue.write('a\n')
    const states: string[] = []
    void queue.flushed()?.then(() => states.push('a'))
    await turn()
    void queue.flushed()?.then(() => states.push('still a'))
    void queue.write('b\n')
    void queue.flushed()?.then(() => states.push('b'))
    await turn()
    expect(states).toEqual([])
    end()
    await turn()
    expect(states).toEqual(['a', 'still a'])
    await turn()
    end(new Error('no'))
    await turn()
    expect(states).toEqual(['a', 'still a', 'b'])
    expect(queue.flushed()).toBeUndefined()
    await expect(queue.drain()).rejects.toThrow('no')
  })

  it('tells where each text ends, however many pieces there are', async () => {
    const flushed: Texts[] = []
    const queue = new TextQueue({ flush: (texts) => void flushed.push(texts), restMs: 0 })
    const texts = ['a\n', 'ü\n', `${'x'.repeat(100_000)}\n`, `${'ü'.repeat(100_000)}\n`, 'b\n']
    for (const text of texts) void queue.write(text)
    await turn()
    void queue.write('c\n')
    await queue.drain()
    const whole = flushed.flatMap(({ bytes, ends }) =>
      ends.map((end, index) => bytes.toString('utf8', ends[index - 1] ?? 0, end)),
    )
    expect(whole).toEqual([...texts, 'c\n'])
    expect(flushed.at(-1)?.ends).toEqual([2])
  })

  it('has one flush under way at a time, and collects meanwhile', async () => {
    const { flushed, flush, end } = heldFlush()
    const queue = new TextQueue({ flush, restMs: 0 })
    void queue.write('a\n')
    await turn()
    void queue.write('b\n')
    await turn()
    void queue.write('c\n')
    await turn()
    expect(flushed).toEqual(['a\n'])
    end()
    await turn()
    await turn()
    expect(flushed).toEqual(['a\n', 'b\nc\n'])
    end()
    await queue.drain()
  })

  it('holds back those who write while more than 256 KiB wait, and no longer', async () => {
    const { flush, end } = heldFlush()
    const queue = new TextQueue({ flush, restMs: 0 })
    expect(queue.write('x'.repeat(256 * 1024))).toBeUndefined()
    let hasRoom = false
    const room = queue.write('y')?.then(() => (hasRoom = true))
    expect(room).toBeInstanceOf(Promise)
    await turn()
    expect(hasRoom).toBe(false)
    end()
    await room
    expect(queue.write('z')).toBeUndefined()
    await turn()
    await turn()
    end()
    await queue.drain()
  })

  it('answers waiting and later writes and the drain with the error of a flush', async () => {
    const { flush, end } = heldFlush()
    const queue = new TextQueue({ flush, restMs: 0 })
    const waiting = queue.write('x'.repeat(300 * 1024))
    await turn()
    const error = new Error('disk full')
    end(error)
    await expect(waiting).rejects.toBe(error)
    await expect(queue.write('a')).rejects.toBe(error)
    await expect(queue.drain()).rejects.toBe(error)
  })

  it('takes nothing more once it drains', async () => {
    const queue = new TextQueue({ flush: () => {}, restMs: 0 })
    await queue.drain()
    await expect(queue.write('a')).rejects.toThrow('write after close')
  })
})

describe('a text queue that rests', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('flushes at once, then not before its rest is over', async () => {
    const flushed: string[] = []
    const queue = new TextQueue({ flush: ({ bytes }) => void flushed.push(bytes.toString()), restMs: 50 })
    void queue.write('a\n')
    await vi.advanceTimersByTimeAsync(0)
    expect(flushed).toEqual(['a\n'])
    void queue.write('b\n')
    await vi.advanceTimersByTimeAsync(48)
    void queue.write('c\n')
    expect(flushed).toEqual(['a\n'])
    await vi.advanceTimersByTimeAsync(3)
    expect(flushed).toEqual(['a\n', 'b\nc\n'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not rest when it drains', async () => {
    const flushed: string[] = []
    const queue = new TextQueue({ flush: ({ bytes }) => void flushed.push(bytes.toString()), restMs: 50 })
    void queue.write('a\n')
    await vi.advanceTimersByTimeAsync(0)
    void queue.write('b\n')
    const drained = queue.drain()
    await vi.advanceTimersByTimeAsync(0)
    await drained
    expect(flushed).toEqual(['a\n', 'b\n'])
    expect(vi.getTimerCount()).toBe(0)
  })
})
