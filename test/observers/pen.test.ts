// Tests of writing to a stderr that may be gone.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Pen } from '../../src/observers/pen.js'
import { LogFile } from './samples.js'

describe('Pen', () => {
  it('writes lines', () => {
    const stderr = new LogFile()
    const pen = new Pen(stderr)
    pen.write('a')
    pen.line('b')
    expect(stderr.written).toBe('ab\n')
  })

  it('gives up quietly, and for good, when a write throws', () => {
    const stderr = new LogFile()
    let writes = 0
    stderr.write = () => {
      writes += 1
      throw Object.assign(new Error('write EAGAIN'), { code: 'EAGAIN' })
    }
    const pen = new Pen(stderr)
    pen.line('a')
    pen.line('b')
    expect(writes).toBe(1)
  })

  it('gives up quietly when the stream reports an error later, even after the last write', () => {
    const stderr = new LogFile()
    const pen = new Pen(stderr)
    stderr.emit('error', new Error('write EPIPE'))
    stderr.emit('error', new Error('write EPIPE'))
    pen.line('a')
    expect(stderr.written).toBe('')
  })

  it('outlives the reader of a real pipe', async () => {
    const reader = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] })
    await once(reader, 'exit')
    const closed = once(reader.stdin, 'close')
    const pen = new Pen(reader.stdin)
    for (let i = 0; i < 10; i++) pen.line('x'.repeat(100_000))
    await closed
    pen.line('after the end')
    expect(reader.stdin.destroyed).toBe(true)
  })
})
