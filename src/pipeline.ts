// The main flow: list -> frontier -> workers -> results -> sink.

import { withoutOptIns } from './core/attempt.js'
import { decide, type Policy } from './core/decide.js'
import type { Admission } from './core/dedupe.js'
import type { Ending } from './core/ending.js'
import { ReaderGoneError } from './core/errors.js'
import type { Frontier } from './core/frontier.js'
import { internalError } from './core/internal-error.js'
import { Mailbox } from './core/mailbox.js'
import { abandonedRecord, fetchedRecord, refusedRecord, rejectedRecord } from './core/record.js'
import type { Summary } from './core/summary.js'
import type {
  Attempt,
  Clock,
  Failure,
  Fetcher,
  FetchResult,
  FetchTask,
  Next,
  Observer,
  RunStatus,
  Sink,
  Source,
  SourceItem,
} from './types.js'

/** The parts of a run, as the command line or a program put them together. */
export interface RunParts {
  readonly source: Source
  readonly frontier: Frontier
  /** Makes each distinct request once; null where every URL is requested. */
  readonly dedupe: Deduplicator | null
  readonly fetcher: Fetcher
  readonly sink: Sink
  readonly observer: Observer
  readonly summary: Summary
  readonly ending: Ending
  readonly clock: Clock
  readonly policy: Policy
  /** Says of each record what changed since an earlier run; null where there is none to compare with. */
  readonly changes?: Changes | null
  readonly workers: number
  /** Records that may wait for the sink: fewer where each may be large. */
  readonly waitingRecords?: number
  /** How long requests under way may go on when the list cannot be read any further, in ms. */
  readonly graceMs: number
  /** End the run at this many failures; null for never. */
  readonly failFast: number | null
  /** End the run after so many ms; null for never. */
  readonly deadlineMs: number | null
}

/** Tells which tasks repeat others, and what becomes of those. */
export interface Deduplicator {
  admit(task: FetchTask): Promise<Admission> | Admission
  /** Of every record of a task; the records that follow from it. */
  onResult(result: FetchResult): readonly FetchResult[]
  stop(): void
}

/** Tells what changed since an earlier run. */
export interface Changes {
  /** @param notModified the response is a 304 to conditions of ours */
  labelled(result: FetchResult, notModified: boolean): FetchResult
}

export interface RunCounts {
  readonly retries: number
  readonly elapsedMs: number
  /** The first error of our own that a task met; null if none did. */
  readonly bug: Error | null
  /** Fetched, and counted as what they are, but not given to the sink, which had failed before. */
  readonly unwritten: { readonly ok: number; readonly failed: number }
}

/** Of the usual size, a few hundred bytes. */
export const mostWaitingRecords = 256

/**
 * Runs to the end, whatever happens: the outcome is in `summary` and `ending.cause`. Waits point only from the list to the
 * workers to the sink, and stages close in that order: the feeder alone seals the frontier, workers end when it is drained,
 * the results close when the last of their senders has ended.
 */
export async function runPipeline(parts: RunParts): Promise<RunCounts> {
  const { source, frontier, dedupe, fetcher, sink, observer, summary, ending, clock, policy, changes = null } = parts
  const results = new Mailbox<FetchResult>(parts.waitingRecords ?? mostWaitingRecords, receive)
  const startedAt = clock.now()
  const started = (task: FetchTask) => frontier.started(task)
  let bug: Error | null = null
  let isSinkBroken = false
  const unwritten = { ok: 0, failed: 0 }

  async function feed(): Promise<void> {
    for await (const batch of source) {
      for (const item of batch) {
        summary.onRead()
        const admitted = admit(item)
        if (admitted !== true && !(await admitted)) return
      }
    }
    frontier.seal()
  }

  function admit(item: SourceItem): Promise<boolean> | boolean {
    if (item.kind === 'task') return dedupe === null ? frontier.push(item) : admitOnce(item, dedupe)
    if (ending.intake.aborted) return false
    const full = results.send(item.kind === 'known' ? item.result : labelled(rejectedRecord(item), null))
    return full ? full.then(() => true) : true
  }

  async function admitOnce(task: FetchTask, deduplicator: Deduplicator): Promise<boolean> {
    const admitted = await deduplicator.admit(task)
    if (admitted === 'first') return frontier.push(task)
    if (admitted === 'ended') return false
    if (admitted !== 'later') await results.send(admitted)
    return true
  }

  /** A record, and those of the URLs that repeat it. */
  function send(result: FetchResult): Promise<void> | void {
    const repeated = dedupe === null ? [] : dedupe.onResult(result)
    const full = results.send(result)
    return repeated.length === 0 ? full : sendRepeated(repeated, full)
  }

  async function sendRepeated(repeated: readonly FetchResult[], full: Promise<void> | void): Promise<void> {
    await full
    for (const result of repeated) await results.send(result)
  }

  async function work(worker: number): Promise<void> {
    for (;;) {
      // Not awaited where it is there: a turn of the microtask queue for each task is dear.
      const taken = frontier.take()
      const task = taken instanceof Promise ? await taken : taken
      if (task === undefined) return
      if (task.refusal !== null) {
        const refused = refuse(task, task.refusal, worker)
        if (refused) await refused
        continue
      }
      let attempt: Attempt
      policy.retryBudget.onRequest()
      try {
        attempt = await fetcher.fetch(task, ending.flight, started)
      } catch (error) {
        attempt = broken(task, error)
      }
      const next = conclude(task, attempt)
      frontier.settle(task, next.kind === 'done' ? attempt : withoutOptIns(attempt), next)
      if (next.kind !== 'done') continue
      const full = send(labelled(fetchedRecord(task, attempt, next.failure, worker), attempt))
      if (full) await full
      const recorded = sink.recorded?.()
      if (recorded) await recorded
    }
  }

  /** Its host is given up: no request is made. */
  function refuse(task: FetchTask, failure: Failure, worker: number): Promise<void> | void {
    const attempt = task.lastAttempt
    frontier.settle(task, undefined, { kind: 'done', failure })
    return send(labelled(refusedRecord(task, attempt, failure, worker), null))
  }

  function labelled(result: FetchResult, attempt: Attempt | null): FetchResult {
    return changes === null ? result : changes.labelled(result, attempt?.notModified ?? false)
  }

  /** The next record comes when the sink has room for it. */
  function receive(result: FetchResult): Promise<void> | void {
    const full = write(result)
    if (full) return full.then(() => account(result))
    account(result)
  }

  function account(result: FetchResult): void {
    summary.onResult(result)
    observer.onResult?.(result)
    if (parts.failFast !== null && summary.failedNow >= parts.failFast) ending.end({ kind: 'fail-fast' }, 0)
  }

  /** Once a record could not be written none is; but all are counted, for the sum to be true. */
  function write(result: FetchResult): Promise<void> | void {
    if (isSinkBroken) return leaveUnwritten(result)
    try {
      return sink.write(result)?.catch(breakSink)
    } catch (error) {
      breakSink(error)
    }
  }

  /** What was cut off by the end of the run is not lost: it was not there to be written. */
  function leaveUnwritten({ ok, error_type: errorType }: FetchResult): void {
    if (errorType !== 'aborted') unwritten[ok ? 'ok' : 'failed']++
  }

  function breakSink(error: unknown): void {
    isSinkBroken = true
    fail(error, 0)
  }

  function conclude(task: FetchTask, attempt: Attempt): Next {
    try {
      const next = decide(task, attempt, policy)
      observer.onAttempt?.(task, attempt, next)
      return next
    } catch (error) {
      bug ??= asError(error)
      return { kind: 'done', failure: internalError(error, attempt.startedAt, attempt.wallTime).failure }
    }
  }

  async function sendAbandoned(): Promise<void> {
    for (const task of frontier.abandoned()) await send(abandonedRecord(task))
  }

  /** A fetcher that throws has a bug: this task's record says so, the others are not hindered, and the run will own up to it. */
  function broken(task: FetchTask, error: unknown): Attempt {
    bug ??= asError(error)
    return internalError(error, clock.now(), task.readAt)
  }

  function fail(error: unknown, graceMs: number): void {
    ending.end(error instanceof ReaderGoneError ? { kind: 'reader-gone' } : { kind: 'error', error }, graceMs)
  }

  function stop(): void {
    frontier.stop()
    dedupe?.stop()
    if (ending.cause !== null) observer.onEnding?.(ending.cause, status())
  }

  function status(): RunStatus {
    return {
      ...summary.counts(),
      total: source.total,
      retries: frontier.retries,
      inFlight: frontier.inFlight,
      workers: parts.workers,
      waiting: frontier.waitingHost(),
      elapsedMs: clock.now() - startedAt,
      isEnding: ending.intake.aborted,
    }
  }

  ending.intake.addEventListener('abort', stop, { once: true })
  if (ending.intake.aborted) stop()
  const deadline =
    parts.deadlineMs === null ? null : clock.schedule(() => ending.end({ kind: 'deadline' }, 0), parts.deadlineMs)
  observer.onStart?.(status)

  const feeding = feed().catch((error: unknown) => fail(error, parts.graceMs))
  const crew = Array.from({ length: parts.workers }, (_, index) =>
    work(index + 1).catch((error: unknown) => fail(error, parts.graceMs)),
  )
  const emptied = results.emptied.catch((error: unknown) => fail(error, 0))

  await Promise.all([feeding, ...crew])
  deadline?.cancel()
  await sendAbandoned().catch((error: unknown) => fail(error, 0))
  results.close()
  await emptied
  await sink.close().catch((error: unknown) => fail(error, 0))
  await fetcher.close().catch((error: unknown) => fail(error, 0))
  ending.dispose()
  return { retries: frontier.retries, elapsedMs: clock.now() - startedAt, bug, unwritten }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown })
}
