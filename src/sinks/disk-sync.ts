// When what was written is brought to the disk: after every write, now and then, or whenever the system likes.

import { systemCode } from '../core/errors.js'
import type { TimerHandle } from '../types.js'

/** What `--fsync` may be, and a few words on it. */
export const fsyncModes = {
  always: 'before more is written',
  interval: 'every second or 1,000 records, and at the end',
  never: 'when the system likes',
} as const

export type FsyncMode = keyof typeof fsyncModes

/** What is written and not on the disk is at most so old, and so much, when a sync begins. */
const longestMs = 1000
const mostTexts = 1000

/** Of some file systems and network mounts: they cannot do it, which is nothing that a run should fail for. */
const cannot: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

export interface DiskSyncOptions {
  readonly mode: FsyncMode
  /** Brings to the disk what was written before. */
  readonly sync: () => Promise<void>
  readonly schedule?: Schedule
}

type Schedule = (callback: () => void, ms: number) => TimerHandle

/** One sync at a time; between them a timer runs only while something waits for it, and keeps no process alive. */
export class DiskSync {
  #mode: FsyncMode
  readonly #sync: () => Promise<void>
  readonly #schedule: Schedule
  #written = 0
  #synced = 0
  #running: Promise<void> | null = null
  #timer: TimerHandle | null = null
  #isDue = false
  #failure: { readonly error: unknown } | null = null

  constructor({ mode, sync, schedule = scheduleUnheld }: DiskSyncOptions) {
    this.#mode = mode
    this.#sync = sync
    this.#schedule = schedule
  }

  /** How many texts are as safe as the mode makes them, of so many that were written. */
  safeOf(written: number): number {
    return this.#failure ? this.#synced : written
  }

  /**
   * To be told after each write how many texts were written so far. A returned promise is waited for before the next.
   * Throws, or rejects with, the error of the first sync that failed.
   */
  onWritten(written: number): Promise<void> | void {
    this.throwIfFailed()
    this.#written = written
    switch (this.#mode) {
      case 'never':
        return
      case 'always':
        return this.settle(written)
      case 'interval':
        if (written - this.#synced >= mostTexts) this.#isDue = true
        else this.#timer ??= this.#schedule(this.#onTimer, longestMs)
        this.#beginIfDue()
    }
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error
  }

  /** All that was written is on the disk; no timer is left. */
  async settle(written: number): Promise<void> {
    this.#written = written
    for (;;) {
      this.#timer?.cancel()
      this.#timer = null
      if (this.#running) await this.#running
      else if (this.#mode === 'never' || this.#failure || this.#synced === this.#written) break
      else await this.#begin()
    }
    this.throwIfFailed()
  }

  readonly #onTimer = (): void => {
    this.#timer = null
    this.#isDue = true
    this.#beginIfDue()
  }

  #beginIfDue(): void {
    if (this.#isDue && !this.#running && !this.#failure && this.#synced < this.#written) void this.#begin()
  }

  // Never rejects: the failure is for the next write.
  #begin(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    this.#isDue = false
    this.#running = this.#run(this.#written)
    return this.#running
  }

  async #run(written: number): Promise<void> {
    try {
      await this.#sync()
      this.#synced = written
    } catch (error) {
      if (cannot.has(systemCode(error))) this.#mode = 'never'
      // After a failure the system counts the pages as clean: another sync would succeed, and mean nothing (fsync(2)).
      else this.#failure = { error }
    }
    this.#running = null
    this.#beginIfDue()
  }
}

function scheduleUnheld(callback: () => void, ms: number): TimerHandle {
  const timer = setTimeout(callback, ms).unref()
  return { cancel: () => clearTimeout(timer) }
}
