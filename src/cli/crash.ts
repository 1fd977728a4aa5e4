// An exception that nobody caught: what was fetched is still written, and nothing keeps the process after that.

import type { Ending } from '../core/ending.js'
import type { Display } from '../observers/index.js'
import { complaint } from './complaint.js'

/** Longer than a slow disk takes, and not so long that cron starts the next run beside it. */
const patienceMs = 10_000

export interface CrashOptions {
  /** Takes a text whatever state the process is in. */
  readonly say: (text: string) => void
  readonly patienceMs?: number
}

/** What a crash ends. */
export interface CrashedRun {
  readonly ending: Pick<Ending, 'end'>
  readonly observer: Pick<Display, 'restore'>
}

export interface CrashWatch {
  /** Before there is a run, a crash ends the process at once. */
  begin(run: CrashedRun): void
  /** The run is over and has said all there is to say: what crashes from now on ends the process at once. */
  over(): void
}

/**
 * The first crash ends the run, as an error does that was thrown in it. Others that follow from it are ignored while it ends. Where it
 * does not come to its end (the crash took away what it waits for), the process ends by itself or after `patienceMs`, with
 * exit code 3 and the first error told. Unhandled rejections come as exceptions, too.
 */
export function endOnCrash({ say, patienceMs: patience = patienceMs }: CrashOptions): CrashWatch {
  let run: CrashedRun | null = null
  let isOver = false
  let crashed: { readonly error: unknown } | null = null

  const onCrash = (error: unknown): void => {
    if (run === null || isOver) {
      if (crashed === null) say(complaint(error))
      return giveUp(isOver ? 'an error came after the end' : 'an error came before the beginning')
    }
    if (crashed) return
    crashed = { error }
    process.exitCode = 3
    process.once('exit', onExit)
    setTimeout(() => giveUp(`the run did not end within ${patience / 1000} s of an error`), patience).unref()
    run.observer.restore()
    run.ending.end({ kind: 'error', error }, 0)
  }

  // Also where nothing is left to wait for, although the run is not over.
  const onExit = (): void => {
    process.exitCode = 3
    run?.observer.restore()
    if (crashed !== null && !isOver) say(`${complaint(crashed.error)}poolfetch: what waited to be written is lost\n`)
  }

  // Thrown, since that is how a process ends here that timers and streams would keep; Node's own words cannot be helped. Not from
  // within the listener: that would be exit code 7.
  const giveUp = (why: string): void => {
    process.off('uncaughtException', onCrash)
    process.once('exit', () => (process.exitCode = 3))
    const last = new Error(`poolfetch gave up: ${why}`)
    last.stack = last.message
    setImmediate(() => {
      throw last
    })
  }

  process.on('uncaughtException', onCrash)
  return {
    begin(started) {
      run = started
    },
    over() {
      isOver = true
    },
  }
}
