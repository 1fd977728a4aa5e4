// Random responses against a whole pipeline: one record per URL, no crash, no hang, nothing left, nobody else harmed.
//
// By hand, for as long as one likes: FUZZ_SECONDS=600 npx vitest run test/torture/fuzz.test.ts
// A case that failed, alone: FUZZ_SEED=<seed> FUZZ_CASE=<number> npx vitest run test/torture/fuzz.test.ts

import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { Ending } from '../../src/core/ending.js'
import { Frontier } from '../../src/core/frontier.js'
import { RetryBudget } from '../../src/core/retry-budget.js'
import { Summary } from '../../src/core/summary.js'
import { createUndiciFetcher } from '../../src/fetchers/undici.js'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import { runPipeline } from '../../src/pipeline.js'
import { recordSchema } from '../../src/record-schema.js'
import type { Fetcher, FetchResult, FetchTask } from '../../src/types.js'
import { mutate } from '../support/mutate.js'
import { cutAt, type PacedAnswer, type PacedEnd, type PacedRequest, startPacedServer } from '../support/paced-server.js'
import { type Random, seededRandom } from '../support/random.js'
import { sampleMaxBytes, samples } from '../support/responses.js'
import { getRequest, makeAttempt, makeTask } from '../support/values.js'

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 3)
const onlyCase = process.env['FUZZ_CASE']

const casesPerBatch = 200
/** As many: each innocent URL comes right after its case. */
const workers = casesPerBatch
/** No case takes so long unless it hangs: the server ends every connection. */
const timeoutMs = 20_000
const batchLimitMs = 60_000

interface Case {
  readonly number: number
  readonly method: 'GET' | 'HEAD'
  readonly answer: PacedAnswer
  /** Whether a second try gets an answer that is right. */
  readonly isMended: boolean
}

const innocent: PacedAnswer = {
  pieces: [Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 8\r\nContent-Type: in/nocent\r\n\r\ninnocent')],
  end: 'stays',
}

const innocentBytes = Buffer.concat(innocent.pieces).length

function caseOf(number: number): Case {
  const random = seededRandom(createHash('sha256').update(`${seed} ${number}`).digest().readUInt32LE())
  const sample = random.pick(samples)
  const bytes = mutate(sample.answer, random)
  const isMethodKept = random.next() < 0.9
  return {
    number,
    method: isMethodKept ? sample.method : random.pick(['GET', 'HEAD']),
    answer: { pieces: cutAt(bytes, cuts(bytes.length, random)), end: end(random) },
    isMended: random.next() < 0.2,
  }
}

function cuts(length: number, random: Random): number[] {
  const places = Array.from({ length: random.below(8) }, () => 1 + random.below(Math.max(1, length - 1)))
  return [...new Set(places)].filter((place) => place < length).toSorted((a, b) => a - b)
}

function end(random: Random): PacedEnd {
  return random.pick(['lingers', 'lingers', 'lingers', 'fin', 'late fin', 'reset'])
}

/** Each case has a host of its own: the random response first, and then an innocent URL, which may share its connection. */
function tasksOf({ number, method }: Case, port: number): FetchTask[] {
  const origin = `http://case-${number}.test:${port}`
  return [
    makeTask(2 * number + 1, `${origin}/case`, { ...getRequest, method }),
    makeTask(2 * number + 2, `${origin}/innocent`),
  ]
}

/** No redirect leads out of the test: other ports than the server's are dead without being dialled. */
function fenced(fetcher: Fetcher, port: number): Fetcher {
  const failure = { type: 'connect', code: 'ECONNREFUSED', message: 'nobody is there' } as const
  return {
    fetch: async (task, signal, onStart) =>
      task.target.host.endsWith(`:${port}`)
        ? await fetcher.fetch(task, signal, onStart)
        : makeAttempt({ failure, statusCode: null }),
    close: () => fetcher.close(),
  }
}

/** What was read on a connection when an innocent request was sent on it. */
interface Sending {
  readonly number: number
  readonly client: Socket
  readonly readBytes: number
}

function watchInnocents(sendings: Sending[]): void {
  const listener = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('socket' in message) || !('headers' in message)) return
    const { socket: client, headers } = message
    const [, number] = /^GET \/innocent [^]*host: case-(\d+)\./i.exec(String(headers)) ?? []
    if (number === undefined || !(client instanceof Socket) || client.bytesRead === 0) return
    sendings.push({ number: Number(number), client, readBytes: client.bytesRead })
  }
  subscribe('undici:client:sendHeaders', listener)
  onTestFinished(() => void unsubscribe('undici:client:sendHeaders', listener))
}

interface Tally {
  cases: number
  /** Innocent requests on a connection that had brought a random response. */
  reused: number
  /** Innocent requests that were on their way when bytes that nobody asked for were: who could tell those from the answer? */
  raced: number
  readonly outcomes: Map<string, number>
}

async function runBatch(cases: readonly Case[], tally: Tally, sendings: Sending[]): Promise<void> {
  const byNumber = new Map(cases.map((each) => [each.number, each]))
  const tries = new Map<number, number>()
  const server = await startPacedServer((request) => answerTo(request))
  const { port } = server
  const before = countResources()
  const records = await run(
    cases.flatMap((each) => tasksOf(each, port)),
    fenced(createFetcher(port), port),
  )
  for (let left = 5000; left > 0 && (server.sockets.size > 0 || countResources() > before); left--) {
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect([server.sockets.size, Math.max(0, countResources() - before)], 'sockets and timers that were left').toEqual([
    0, 0,
  ])
  await server.close()
  // What came after the request and is not its answer was on its way before: nobody could have known better.
  const raced = new Set(
    sendings
      .filter(({ client, readBytes }) => ![0, innocentBytes].includes(client.bytesRead - readBytes))
      .map(({ number }) => number),
  )
  tally.reused += sendings.length
  sendings.length = 0

  for (const { number } of cases) {
    const [fuzzed, other, ...more] = records
      .filter(({ id }) => id === 2 * number + 1 || id === 2 * number + 2)
      .toSorted((a, b) => a.id - b.id)
    const label = `case ${number} (${describe(byNumber.get(number))}): FUZZ_SEED=${seed} FUZZ_CASE=${number}`
    expect([fuzzed?.id, other?.id, more.length], label).toEqual([2 * number + 1, 2 * number + 2, 0])
    for (const record of [fuzzed, other]) expect(recordSchema.safeParse(record).error, label).toBeUndefined()
    const outcome = fuzzed?.error_type ?? 'ok'
    expect(outcome, label).not.toBe('timeout')
    tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1)
    if (raced.has(number)) continue
    expect(other, `${label}: ${other?.error_message}`).toMatchObject({
      ok: true,
      status_code: 200,
      body_bytes: 8,
      content_type: 'in/nocent',
    })
  }
  tally.cases += cases.length
  tally.raced += raced.size

  function answerTo({ url }: PacedRequest): PacedAnswer | null {
    const number = Number(/^case-(\d+)\./.exec(url.hostname)?.[1])
    const tried = tries.get(number) ?? 0
    if (url.pathname === '/innocent') {
      return innocent
    }
    tries.set(number, tried + 1)
    const found = byNumber.get(number)
    return found === undefined || (found.isMended && tried > 0) ? innocent : found.answer
  }
}

/** What a person needs to see of a case that failed. */
function describe(found: Case | undefined): string {
  if (found === undefined) return 'unknown'
  const pieces = found.answer.pieces.map((piece) => JSON.stringify(piece.subarray(0, 400).toString('latin1')))
  return `${found.method}, ${found.answer.end}, ${pieces.join(' | ')}`
}

function createFetcher(port: number): Fetcher {
  return createUndiciFetcher({
    userAgent: 'fuzz',
    timeoutMs,
    connectTimeoutMs: timeoutMs,
    idleTimeoutMs: null,
    maxSizeBytes: sampleMaxBytes,
    insecure: false,
    publicOnly: false,
    resolve: [{ host: '*', port, address: '127.0.0.1' }],
    maxRedirects: 3,
    maxIdleConnections: workers,
  })
}

async function run(tasks: FetchTask[], fetcher: Fetcher): Promise<FetchResult[]> {
  const records: FetchResult[] = []
  const clock = systemClock
  const limiter = new HostLimiter({ intervalMs: null, perHost: 1, isAdaptive: false, maxPauseMs: 1 })
  const ending = new Ending(clock)
  const summary = new Summary()
  const late = clock.schedule(() => ending.end({ kind: 'deadline' }, 0), batchLimitMs)
  async function* source() {
    yield tasks
  }
  const { bug } = await runPipeline({
    source: source(),
    frontier: new Frontier({ workers, capacity: 10_000, store: null, isEager: false, limiter, gate: null, clock }),
    dedupe: null,
    fetcher,
    sink: { write: (record) => void records.push(record), close: async () => {} },
    observer: {},
    summary,
    ending,
    clock,
    policy: {
      accept: (status) => status >= 200 && status < 400,
      maxRedirects: 3,
      allowPrivateRedirects: false,
      retries: 1,
      retryUnsafe: false,
      maxRetryAfterMs: 1,
      isAdaptive: false,
      retryBudget: new RetryBudget(1),
      random: () => 0,
    },
    workers,
    graceMs: 0,
    failFast: null,
    deadlineMs: null,
  })
  late.cancel()
  expect([ending.cause, bug], `the batch of case ${tasks[0]?.id}, FUZZ_SEED=${seed}`).toEqual([null, null])
  const { read, ok } = summary.counts()
  expect([read, ok + summary.failed]).toEqual([tasks.length, tasks.length])
  return records
}

/** Sockets and timers that would keep the process; not the listening server. */
function countResources(): number {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /^(?:TCPSocketWrap|TCPConnectWrap|TLSWrap|GetAddrInfo|Timeout)/.test(name)).length
}

it(
  `takes any response for what it is (FUZZ_SEED=${seed})`,
  async () => {
    const tally: Tally = { cases: 0, reused: 0, raced: 0, outcomes: new Map() }
    const crashes: string[] = []
    const onCrash = (error: unknown) => {
      crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
    process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash)
    onTestFinished(() => void process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash))
    const sendings: Sending[] = []
    watchInnocents(sendings)
    const until = onlyCase === undefined ? performance.now() + seconds * 1000 : 0
    const size = onlyCase === undefined ? casesPerBatch : 1
    let next = Number(onlyCase ?? 0)
    do {
      const cases = Array.from({ length: size }, (_, index) => caseOf(next + index))
      await runBatch(cases, tally, sendings)
      expect(crashes, `cases ${next} to ${next + size - 1}, FUZZ_SEED=${seed}`).toEqual([])
      next += size
    } while (performance.now() < until)
    if (process.env['FUZZ_SECONDS'] !== undefined)
      process.stderr.write(`${JSON.stringify({ seed, ...tally, outcomes: [...tally.outcomes] })}\n`)
    // A fuzzer whose responses were all alike would prove nothing.
    if (onlyCase === undefined) expect(tally.outcomes.size).toBeGreaterThan(5)
  },
  (seconds + 120) * 1000,
)
