import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DiskSync, type FsyncMode } from '../../src/sinks/disk-sync.js'
import { settled, VirtualClock } from '../support/virtual-clock.js'

/** A disk whose syncs end when the test says so. */
function setUp(mode: FsyncMode) {
  const clock = new VirtualClock()
  const begun: number[] = []
  let end: (error?: Error) => void = () => {}
  const disk = new DiskSync({
    mode,
    schedule: (callback, ms) => clock.schedule(callback, ms),
    sync: () =>
      new Promise<void>((resolve, reject) => {
        begun.push(clock.now())
        end = (error) => (error ? reject(error) : resolve())
      }),
  })
  const endSync = async (error?: Error) => {
    end(error)
    await settled()
  }
  return { clock, begun, disk, endSync }
}

const failure = (code: string) => Object.assign(new Error(code), { code })

describe('a disk that is synced at intervals', () => {
  it('is synced a second after the first of what was written, in the background', async () => {
    const { clock, begun, disk, endSync } = setUp('interval')
    expect(disk.onWritten(1)).toBeUndefined()
    await clock.advance(600)
    expect(disk.onWritten(2)).toBeUndefined()
    await clock.advance(399)
    expect(begun).toEqual([])
    await clock.advance(1)
    expect(begun).toEqual([1000])
    await endSync()
    await clock.advance(10_000)
    expect([begun, clock.timers]).toEqual([[1000], 0])
  })

  it('is synced as soon as 1,000 texts wait for it', async () => {
    const { clock, begun, disk, endSync } = setUp('interval')
    void disk.onWritten(999)
    expect(begun).toEqual([])
    void disk.onWritten(1000)
    expect([begun, clock.timers]).toEqual([[0], 0])
    await endSync()
    void disk.onWritten(1999)
    expect(begun).toEqual([0])
    void disk.onWritten(2000)
    expect(begun).toEqual([0, 0])
  })

  it('has one sync under way at a time, and the next one at once where it is due', async () => {
    const { clock, begun, disk, endSync } = setUp('interval')
    void disk.onWritten(1000)
    void disk.onWritten(3000)
    await clock.advance(300)
    expect(begun).toEqual([0])
    await endSync()
    expect(begun).toEqual([0, 300])
    await clock.advance(100)
    void disk.onWritten(3001)
    await clock.advance(1500)
    expect(begun).toEqual([0, 300])
    await endSync()
    expect(begun).toEqual([0, 300, 1900])
    await endSync()
    expect(clock.timers).toBe(0)
  })

  it('is settled when the sync under way and one for the rest are done, and leaves no timer', async () => {
    const { clock, begun, disk, endSync } = setUp('interval')
    void disk.onWritten(1000)
    void disk.onWritten(1001)
    let isSettled = false
    const settling = disk.settle(1002).then(() => (isSettled = true))
    await settled()
    expect([begun.length, clock.timers]).toEqual([1, 0])
    await endSync()
    expect([begun.length, isSettled]).toEqual([2, false])
    await endSync()
    await settling
    await disk.settle(1002)
    expect([begun.length, clock.timers]).toEqual([2, 0])
  })

  it('fails the next write after a sync that failed, and knows what was safe before', async () => {
    const { disk, endSync, begun } = setUp('interval')
    void disk.onWritten(1000)
    await endSync()
    void disk.onWritten(2500)
    void disk.onWritten(2600)
    expect(disk.safeOf(2600)).toBe(2600)
    await endSync(failure('EIO'))
    expect(disk.safeOf(2600)).toBe(1000)
    expect(() => disk.onWritten(2700)).toThrow('EIO')
    // A second sync would succeed, and mean nothing.
    await expect(disk.settle(2700)).rejects.toThrow('EIO')
    expect(begun).toHaveLength(2)
  })

  it.each(['EINVAL', 'ENOTSUP'])('is left alone where it cannot be synced (%s)', async (code) => {
    const { clock, begun, disk, endSync } = setUp('interval')
    void disk.onWritten(1000)
    await endSync(failure(code))
    expect(disk.onWritten(9000)).toBeUndefined()
    await disk.settle(9000)
    expect([begun.length, clock.timers, disk.safeOf(9000)]).toEqual([1, 0, 9000])
  })
})

describe('a disk that is synced always', () => {
  it('holds up each write until it is on the disk', async () => {
    const { begun, disk, endSync } = setUp('always')
    let isDone = false
    const done = Promise.resolve(disk.onWritten(1)).then(() => (isDone = true))
    await settled()
    expect([begun.length, isDone]).toEqual([1, false])
    await endSync()
    await done
    await disk.settle(1)
    expect(begun).toHaveLength(1)
  })

  it('fails the write that it cannot bring to the disk', async () => {
    const { disk, endSync } = setUp('always')
    const done = Promise.resolve(disk.onWritten(1)).catch((error: unknown) => error)
    await settled()
    await endSync(failure('ENOSPC'))
    expect(await done).toMatchObject({ code: 'ENOSPC' })
    expect(disk.safeOf(1)).toBe(0)
  })
})

describe('a disk that is never synced', () => {
  it('is left to the system', async () => {
    const { clock, begun, disk } = setUp('never')
    void disk.onWritten(5000)
    await disk.settle(5001)
    expect([begun, clock.timers, disk.safeOf(5001)]).toEqual([[], 0, 5001])
  })
})

describe('the timer of the event loop', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is gone when all is settled', async () => {
    let syncs = 0
    const disk = new DiskSync({ mode: 'interval', sync: async () => void syncs++ })
    void disk.onWritten(1)
    expect(vi.getTimerCount()).toBe(1)
    await disk.settle(1)
    expect([syncs, vi.getTimerCount()]).toEqual([1, 0])
  })
})
