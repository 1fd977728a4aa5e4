import { describe, expect, it } from 'vitest'
import { Ending } from '../src/core/ending.js'
import { ReaderGoneError, SinkError } from '../src/core/errors.js'
import { Frontier } from '../src/core/frontier.js'
import { RetryBudget } from '../src/core/retry-budget.js'
import { Summary } from '../src/core/summary.js'
import { rejectLine } from '../src/core/task.js'
import { HostLimiter } from '../src/limiters/host-limiter.js'
import { type RunParts, runPipeline } from '../src/pipeline.js'
import { recordSchema } from '../src/record-schema.js'
import type { Attempt, Fetcher, FetchResult, FetchTask, Sink, SourceItem } from '../src/types.js'
import { getRequest, makeAttempt, makeTask, noOutages, noReceipt } from './support/values.js'
import { settled, VirtualClock } from './support/virtual-clock.js'

interface Changes extends Partial<Omit<RunParts, 'source' | 'sink' | 'fetcher'>> {
  readonly items?: Iterable<SourceItem> | AsyncIterable<SourceItem>
  readonly fetch?: (task: FetchTask, signal: AbortSignal) => Promise<Attempt>
  readonly sink?: Sink
  readonly capacity?: number
}

/** A run of fakes at its four edges; between them everything is real. */
function setUp(changes: Changes = {}) {
  const clock = new VirtualClock()
  const ending = new Ending(clock)
  const written: FetchResult[] = []
  let isClosed = false
  const limiter = new HostLimiter({ intervalMs: null, perHost: Infinity, isAdaptive: true, maxPauseMs: 120_000 })
  const fetcher: Fetcher = {
    fetch: changes.fetch ?? (async () => makeAttempt()),
    close: async () => {
      isClosed = true
    },
  }
  const parts: RunParts = {
    source: asSource(changes.items ?? []),
    frontier: new Frontier({
      workers: 10,
      store: null,
      isEager: false,
      capacity: changes.capacity ?? 100,
      limiter,
      gate: null,
      clock,
    }),
    dedupe: changes.dedupe ?? null,
    fetcher,
    sink: {
      write: (result) => {
        written.push(result)
      },
      close: async () => {},
    },
    observer: {},
    summary: new Summary(),
    ending,
    clock,
    policy: {
      accept: (statusCode) => statusCode < 400,
      allowPrivateRedirects: false,
      maxRedirects: 10,
      retries: 2,
      retryUnsafe: false,
      maxRetryAfterMs: 120_000,
      isAdaptive: true,
      retryBudget: new RetryBudget(1),
      random: () => 0.5,
    },
    workers: 3,
    graceMs: 1000,
    failFast: null,
    deadlineMs: null,
    ...(changes.sink ? { sink: changes.sink } : {}),
    ...(changes.failFast === undefined ? {} : { failFast: changes.failFast }),
    ...(changes.deadlineMs === undefined ? {} : { deadlineMs: changes.deadlineMs }),
    ...(changes.observer ? { observer: changes.observer } : {}),
  }
  return { parts, clock, ending, written, isClosed: () => isClosed }
}

async function* asSource(items: Iterable<SourceItem> | AsyncIterable<SourceItem>): AsyncGenerator<SourceItem[]> {
  for await (const item of items) yield [item]
}

function tasks(count: number, url = (id: number) => `http://h${id % 5}.test/${id}`): FetchTask[] {
  return Array.from({ length: count }, (_, index) => makeTask(index + 1, url(index + 1)))
}

/** Settles as aborted when the signal says so, and not before. */
function never(_task: FetchTask, signal: AbortSignal): Promise<Attempt> {
  const failure = { type: 'aborted', code: 'ABORTED', message: 'aborted' } as const
  return new Promise((resolve) => {
    const settle = () => resolve(makeAttempt({ failure, statusCode: null }))
    if (signal.aborted) settle()
    else signal.addEventListener('abort', settle, { once: true })
  })
}

/** Items without end; counts how many were asked for. */
function endless() {
  const state = { asked: 0 }
  async function* items(): AsyncGenerator<SourceItem> {
    for (;;) yield makeTask(++state.asked, `http://h${state.asked % 5}.test/`)
  }
  return { state, items: items() }
}

const ids = (records: readonly FetchResult[]) => records.map(({ id }) => id).toSorted((a, b) => a - b)

describe('runPipeline', () => {
  it('begins no request before the record of the last one is out of its hands', async () => {
    const log: string[] = []
    const { parts } = setUp({
      items: tasks(6),
      fetch: async ({ id }) => {
        log.push(`ask ${id}`)
        return makeAttempt()
      },
      sink: {
        write: ({ id }) => void log.push(`write ${id}`),
        recorded: () => new Promise((resolve) => setImmediate(() => resolve(void log.push('recorded')))),
        close: async () => {},
      },
    })
    await runPipeline({ ...parts, workers: 1 })
    expect(log).toEqual([1, 2, 3, 4, 5, 6].flatMap((id) => [`ask ${id}`, `write ${id}`, 'recorded']))
  })

  it('writes one valid record per URL and leaves no timer', async () => {
    const { parts, clock, written, isClosed } = setUp({ items: tasks(500) })
    await runPipeline(parts)
    expect(ids(written)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
    for (const record of written) recordSchema.parse(record)
    expect(clock.timers).toBe(0)
    expect(isClosed()).toBe(true)
    expect(parts.ending.cause).toBeNull()
  })

  it('ends an empty list at once', async () => {
    const { parts, written } = setUp()
    await runPipeline(parts)
    expect(written).toEqual([])
  })

  it('writes a record for a rejected line, without a request', async () => {
    const failure = { type: 'invalid_url', code: 'URL_SCHEME', message: 'no' } as const
    const line = rejectLine(1, 'ftp://x', failure, { request: getRequest, defaultScheme: 'http' }, 0)
    const { parts, written } = setUp({ items: [line, makeTask(2, 'http://a.test/')] })
    await runPipeline(parts)
    expect(ids(written)).toEqual([1, 2])
    const rejected = written.find(({ id }) => id === 1)
    expect(recordSchema.parse(rejected)).toMatchObject({ attempts: 0, worker: null, host: null, final_url: null })
  })

  it('retries, and says so on the one record', async () => {
    const failure = { type: 'network', code: 'ECONNRESET', message: 'reset' } as const
    const { parts, clock, written } = setUp({
      items: tasks(1),
      fetch: async (task) => (task.retries < 2 ? makeAttempt({ failure, statusCode: null }) : makeAttempt()),
    })
    const running = runPipeline(parts)
    await clock.run()
    await running
    expect(written).toMatchObject([{ ok: true, attempts: 3, limited_ms: 250 + 500, duration_ms: 750 }])
  })

  it('goes on with other tasks after an error of its own, and owns up to it in the end', async () => {
    const bug = new Error('a bug')
    const { parts, ending, written } = setUp({
      items: tasks(3, () => 'http://a.test/'),
      fetch: async (task) => {
        if (task.id === 2) throw bug
        return makeAttempt()
      },
    })
    expect(await runPipeline(parts)).toMatchObject({ bug })
    expect(ending.cause).toBeNull()
    expect(written.find(({ id }) => id === 2)).toMatchObject({ error_type: 'aborted', error_code: 'INTERNAL' })
    expect(ids(written)).toEqual([1, 2, 3])
  })

  it('writes what is finished when the list cannot be read any further', async () => {
    const error = new Error('EIO')
    async function* broken(): AsyncGenerator<SourceItem> {
      yield* tasks(3)
      throw error
    }
    const { parts, ending, written } = setUp({ items: broken() })
    await runPipeline(parts)
    expect(ending.cause).toEqual({ kind: 'error', error })
    expect(written.length).toBeGreaterThan(0)
  })

  it('stops reading and fetching when a record cannot be written', async () => {
    const { state, items } = endless()
    const error = new SinkError('disk full')
    let wrote = 0
    const sink: Sink = {
      write: () => {
        if (++wrote === 5) throw error
      },
      close: async () => {},
    }
    const { parts, ending, clock } = setUp({ items, sink })
    const { unwritten } = await runPipeline(parts)
    expect(ending.cause).toEqual({ kind: 'error', error })
    expect(wrote).toBe(5)
    // All are counted; those that were fetched and not offered to the sink, which had failed, are known.
    const { ok } = parts.summary.counts()
    expect(unwritten.ok).toBe(ok - 5)
    expect(state.asked).toBeLessThan(2000)
    expect(clock.timers).toBe(0)
  })

  it('knows a reader that went away from a disk that is full', async () => {
    const sink: Sink = {
      write: () => Promise.reject(new ReaderGoneError('gone')),
      close: async () => {},
    }
    const { parts, ending } = setUp({ items: endless().items, sink })
    await runPipeline(parts)
    expect(ending.cause).toEqual({ kind: 'reader-gone' })
  })

  it('reads no further than its buffers while the sink does not take records', async () => {
    const { state, items } = endless()
    let release = (): void => {}
    const sink: Sink = {
      write: () =>
        new Promise<void>((resolve) => {
          release = resolve
        }),
      close: async () => {},
    }
    const { parts, ending } = setUp({ items, sink, capacity: 10 })
    const running = runPipeline(parts)
    for (let turn = 0; turn < 200; turn++) await settled()
    const asked = state.asked
    for (let turn = 0; turn < 50; turn++) await settled()
    expect(state.asked).toBe(asked)
    // The results channel, the batch that the sink is given, the frontier, a record in each worker's hands, one at the list.
    expect(asked).toBeLessThanOrEqual(256 + 256 + 10 + parts.workers + 1)
    ending.end({ kind: 'signal', name: 'SIGINT' }, 0)
    const timer = setInterval(() => release(), 0)
    await running
    clearInterval(timer)
  })

  it('keeps no more large records waiting than it is told to', async () => {
    let fetched = 0
    let release = () => {}
    const stuck = new Promise<void>((resolve) => (release = resolve))
    const sink = { write: () => stuck, close: async () => {} }
    const fetch = async () => {
      fetched++
      return makeAttempt()
    }
    const { parts } = setUp({ items: tasks(50), sink, fetch })
    const run = runPipeline({ ...parts, waitingRecords: 4 })
    for (let turn = 0; turn < 200; turn++) await settled()
    // Those that wait, those that the three workers hold, and those that the sink was given with the first.
    expect(fetched).toBeLessThanOrEqual(4 + 3 + 4)
    release()
    await run
    expect(fetched).toBe(50)
  })

  it('lets what is in flight finish after the first signal, and begins nothing more', async () => {
    const { state, items } = endless()
    const started: number[] = []
    const finish: (() => void)[] = []
    const { parts, ending, written, clock } = setUp({
      items,
      fetch: (task) => {
        started.push(task.id)
        return new Promise((resolve) => finish.push(() => resolve(makeAttempt())))
      },
    })
    const running = runPipeline(parts)
    await clock.advance(10)
    expect(started).toHaveLength(3)
    ending.end({ kind: 'signal', name: 'SIGINT' }, 1000)
    await clock.advance(10)
    for (const done of finish) done()
    await running
    expect(started).toHaveLength(3)
    expect(written.map(({ ok }) => ok)).toEqual([true, true, true])
    expect(state.asked).toBeGreaterThan(3)
    expect(parts.summary.counts().read).toBeGreaterThan(3)
    expect(clock.timers).toBe(0)
  })

  it('aborts what is still in flight when the grace is over, and what waits for a retry', async () => {
    const { parts, ending, written, clock } = setUp({
      items: tasks(4, (id) => `http://h${id}.test/`),
      fetch: (task, signal) =>
        task.id === 1 ? Promise.resolve(makeAttempt({ statusCode: 503, retryAfterMs: 60_000 })) : never(task, signal),
    })
    const running = runPipeline(parts)
    await clock.advance(10)
    ending.end({ kind: 'signal', name: 'SIGTERM' }, 1000)
    await clock.advance(1000)
    await running
    expect(ids(written)).toEqual([1, 2, 3, 4])
    for (const record of written) expect(recordSchema.parse(record)).toMatchObject({ ok: false, error_type: 'aborted' })
    expect(written.find(({ id }) => id === 1)).toMatchObject({ attempts: 1, limited_ms: 1010 })
  })

  it('ends at once at the deadline, with an aborted record for what was in flight', async () => {
    const { parts, ending, written, clock } = setUp({ items: tasks(10), fetch: never, deadlineMs: 5000 })
    const running = runPipeline(parts)
    await clock.advance(5000)
    await running
    expect(ending.cause).toEqual({ kind: 'deadline' })
    expect(written.map(({ error_type }) => error_type)).toEqual(['aborted', 'aborted', 'aborted'])
    const { read } = parts.summary.counts()
    const report = parts.summary.report({
      elapsedMs: 0,
      retries: 0,
      receipt: noReceipt,
      outages: noOutages,
      cause: null,
      exitCode: 4,
    })
    expect(report).toMatchObject({ read, ok: 0, failed: 3, notAttempted: read - 3 })
  })

  it('ends at the n-th failure', async () => {
    const { parts, ending, written } = setUp({
      items: tasks(300),
      fetch: async (task) => makeAttempt({ statusCode: task.id % 10 === 0 ? 404 : 200 }),
      failFast: 2,
    })
    await runPipeline(parts)
    expect(ending.cause).toEqual({ kind: 'fail-fast' })
    expect(written.length).toBeLessThan(300)
    expect(written.filter(({ error_type }) => error_type === 'http_status').length).toBeGreaterThanOrEqual(2)
  })

  it('shows its state while it runs', async () => {
    let status: (() => unknown) | undefined
    const { parts, ending, clock } = setUp({
      items: tasks(8, () => 'http://a.test/'),
      fetch: never,
      observer: {
        onStart: (given) => {
          status = given
        },
      },
    })
    const running = runPipeline(parts)
    await clock.advance(250)
    expect(status?.()).toMatchObject({ read: 8, ok: 0, inFlight: 3, workers: 3, elapsedMs: 250, waiting: null })
    ending.end({ kind: 'signal', name: 'SIGINT' }, 0)
    await running
  })
})
