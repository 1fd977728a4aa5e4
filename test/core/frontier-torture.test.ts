// Schedules made at random, with all that can go wrong in them at once: nothing is lost, no limit exceeded, and they end.

import { expect, it } from 'vitest'
import { emptyAttempt } from '../../src/core/attempt.js'
import { decide, type Policy } from '../../src/core/decide.js'
import { Frontier } from '../../src/core/frontier.js'
import { Receipt } from '../../src/core/receipt.js'
import { RetryBudget } from '../../src/core/retry-budget.js'
import { GlobalRate } from '../../src/limiters/global-rate.js'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import { HostLimitTable, type HostRule } from '../../src/limiters/host-limits.js'
import { WitnessedLimiter } from '../../src/limiters/witnessed-limiter.js'
import type { Attempt, Failure, FetchTask, Gate, HostLimits, Limiter, ParkedRun, TaskStore } from '../../src/types.js'
import { type Random, seededRandom } from '../support/random.js'
import { makeTask } from '../support/values.js'
import { settled, VirtualClock } from '../support/virtual-clock.js'

/** Simulated time after which a run that is still going on hangs. */
const longestMs = 40 * 86_400_000
/** Times are binary fractions of a ms. */
const roundingMs = 0.01

type Manner = 'well' | 'refuses' | 'counts' | 'fails' | 'down' | 'flickers' | 'absent' | 'redirects' | 'mixed'
const manners: readonly Manner[] = [
  'well',
  'refuses',
  'counts',
  'fails',
  'down',
  'flickers',
  'absent',
  'redirects',
  'mixed',
]

interface Host {
  readonly name: string
  readonly manner: Manner
  readonly fetchMs: number
  readonly connectMs: number
  /** What `refuses` bears, and the quota that `counts` gives per window. */
  readonly perSecond: number
  readonly windowMs: number
  inFlight: number
  lastStart: number
  lastAnswers: number[]
}

interface Plan {
  readonly hosts: readonly Host[]
  /** The host of each task. */
  readonly list: readonly number[]
  readonly workers: number
  readonly capacity: number
  readonly limits: HostLimits
  readonly rules: readonly HostRule[]
  readonly isAdaptive: boolean
  readonly breakerMs: number | null
  readonly globalIntervalMs: number | null
  readonly isEager: boolean
  readonly hasStore: boolean
  /** How likely a task is not put. */
  readonly refusesToPut: number
  readonly isShortRead: boolean
  /** Which of its reads fails; Infinity for none. */
  readonly failingRead: number
  readonly stopAtMs: number | null
  readonly retries: number
  readonly slowFeed: boolean
}

/** Problems found with a schedule made of a seed; none where all is well. */
async function torture(start: number): Promise<string[]> {
  const random = seededRandom(start)
  return new Torture(makePlan(random), random).run()
}

function makePlan(random: Random): Plan {
  const intervals = [1, 7, 100 / 3, 100, 1000 / 3, 1000, 5000]
  const interval = () => (random.below(2) === 0 ? null : random.pick(intervals))
  const perHost = () => (random.below(2) === 0 ? Number.POSITIVE_INFINITY : 1 + random.below(4))
  const hosts = Array.from(
    { length: 1 + random.below(random.pick([2, 8, 40])) },
    (_, index): Host => ({
      name: `h${index}.test`,
      manner: random.below(3) === 0 ? 'well' : random.pick(manners),
      fetchMs: random.pick([0, 1, 10, 100, 700]),
      connectMs: random.pick([0, 0, 0, 5, 300]),
      perSecond: random.pick([1, 3, 10, 50]),
      windowMs: random.pick([2000, 10_000]),
      inFlight: 0,
      lastStart: Number.NEGATIVE_INFINITY,
      lastAnswers: [],
    }),
  )
  const list = Array.from({ length: 1 + random.below(random.pick([10, 100, 300])) }, () =>
    Math.floor(random.next() ** random.pick([1, 3]) * hosts.length),
  )
  if (random.below(3) === 0) list.sort((a, b) => a - b)
  const rules = hosts
    .filter(() => random.below(4) === 0)
    .map(({ name }): HostRule => ({ pattern: name, intervalMs: interval(), perHost: perHost() }))
  const limits = { intervalMs: interval(), perHost: perHost() }
  return {
    hosts,
    list,
    workers: 1 + random.below(random.pick([2, 12])),
    capacity: 1 + random.below(random.pick([3, 10, 50])),
    limits,
    rules,
    isAdaptive: random.below(4) > 0,
    breakerMs: random.pick([null, 0, 1000, 15_000]),
    globalIntervalMs: random.below(4) === 0 ? random.pick([0.5, 10, 100 / 3, 200]) : null,
    isEager: random.below(2) === 0,
    hasStore: random.below(4) > 0,
    refusesToPut: random.pick([0, 0, 0.1, 0.7]),
    isShortRead: random.below(2) === 0,
    failingRead: random.below(20) === 0 ? random.below(10) : Number.POSITIVE_INFINITY,
    stopAtMs: random.below(6) === 0 ? random.next() * random.pick([10, 1000, 20_000]) : null,
    retries: random.below(4),
    slowFeed: random.below(3) === 0,
  }
}

class Torture {
  readonly #plan: Plan
  readonly #random: Random
  readonly #clock = new VirtualClock()
  readonly #problems: string[] = []
  readonly #limiter: HostLimiter
  readonly #receipt: Receipt
  readonly #table: HostLimitTable
  readonly #gate: Gate | null
  readonly #frontier: Frontier
  readonly #policy: Policy
  readonly #byHost: ReadonlyMap<string, Host>
  /** By id: when it was admitted, and how often it was done. */
  readonly #admitted = new Map<number, number>()
  readonly #done = new Map<number, number>()
  readonly #underWay = new Set<number>()
  #retries = 0
  #isStopped = false
  #hasFailed = false
  #isFed = false
  #reads = 0
  #activeWorkers = 0
  #lastGlobal = Number.NEGATIVE_INFINITY

  constructor(plan: Plan, random: Random) {
    this.#plan = plan
    this.#random = random
    this.#byHost = new Map(plan.hosts.map((host) => [host.name, host]))
    this.#table = new HostLimitTable(plan.limits, plan.rules)
    this.#limiter = new HostLimiter({
      ...plan.limits,
      rules: plan.rules,
      isAdaptive: plan.isAdaptive,
      maxPauseMs: 120_000,
      breakerMs: plan.breakerMs,
      random: () => random.next(),
    })
    this.#receipt = new Receipt({ limitsOf: (host) => this.#table.of(host), keepAll: false })
    this.#gate = plan.globalIntervalMs === null ? null : new GlobalRate(plan.globalIntervalMs)
    this.#frontier = new Frontier({
      capacity: plan.capacity,
      workers: plan.workers,
      store: plan.hasStore ? this.#store() : null,
      isEager: plan.isEager,
      limiter: this.#watched(new WitnessedLimiter(this.#limiter, this.#receipt)),
      gate: this.#gate,
      clock: this.#clock,
    })
    this.#policy = {
      accept: (status) => status < 300,
      maxRedirects: 5,
      allowPrivateRedirects: true,
      retries: plan.retries,
      retryUnsafe: false,
      maxRetryAfterMs: 120_000,
      isAdaptive: plan.isAdaptive,
      retryBudget: new RetryBudget(random.pick([0, 0.2, 1])),
      random: () => random.next(),
    }
  }

  async run(): Promise<string[]> {
    const { stopAtMs, workers } = this.#plan
    const parts = [
      this.#feed(),
      ...Array.from({ length: workers }, async () => {
        this.#activeWorkers++
        await this.#work().catch((error: unknown) => this.#end(error))
        this.#activeWorkers--
      }),
    ]
    let isOver = false
    const over = Promise.all(parts).then(() => {
      isOver = true
    })
    if (stopAtMs !== null) this.#clock.schedule(() => this.#stop(), stopAtMs)
    // A read takes a turn of its own: nothing goes on when none was made, and nothing done, for a few.
    for (let idle = 0; idle < 5 && this.#clock.now() < longestMs; ) {
      const before = this.#reads + this.#done.size
      await this.#clock.run(longestMs)
      await settled()
      idle = this.#clock.timers > 0 || this.#reads + this.#done.size > before ? 0 : idle + 1
    }
    if (!isOver) {
      this.#problem(
        `hangs: ${this.#activeWorkers} workers, fed ${this.#isFed}, ${this.#done.size} of ${this.#plan.list.length}, timers ${this.#clock.timers}, in flight ${this.#frontier.inFlight}`,
      )
      return this.#problems
    }
    await over
    this.#checkEnd()
    return this.#problems
  }

  #checkEnd(): void {
    const { list, capacity, failingRead } = this.#plan
    const frontier = this.#frontier
    const isWhole = !this.#isStopped && !this.#hasFailed
    for (const task of frontier.abandoned()) {
      if (isWhole) this.#problem(`abandoned ${task.id}`)
      this.#finish(task)
    }
    if (isWhole && this.#done.size !== list.length) this.#problem(`${this.#done.size} of ${list.length} done`)
    if (this.#hasFailed && failingRead === Number.POSITIVE_INFINITY) this.#problem('failed without a failing read')
    if (frontier.inFlight !== 0) this.#problem(`in flight ${frontier.inFlight}`)
    if (frontier.retries !== this.#retries) this.#problem(`retries ${frontier.retries}, not ${this.#retries}`)
    if (this.#clock.timers !== 0) this.#problem(`${this.#clock.timers} timers left`)
    const { violations } = this.#receipt.report()
    if (violations.count > 0) this.#problem(`receipt: ${violations.first.join('; ')}`)
    if (!isWhole) return
    for (let count = 0; count < capacity; count++) {
      if (frontier.push(makeTask(1e6 + count, 'http://end.test/')) !== true) {
        this.#problem(`${count} slots free of ${capacity}`)
        break
      }
    }
    // What was learned is forgotten in the end.
    for (let minute = 0; minute < 2; minute++) {
      this.#limiter.acquire('other.test', longestMs * (2 + minute))
      this.#limiter.started('other.test', longestMs * (2 + minute))
      this.#limiter.release('other.test', undefined, longestMs * (2 + minute))
    }
    if (this.#limiter.size > 1) this.#problem(`${this.#limiter.size} hosts remembered`)
  }

  /** In every third run some have large bodies, and take several places. */
  #taskOf(id: number, url: string): FetchTask {
    const isLarge = this.#plan.list.length % 3 === 0 && id % 5 === 0
    return { ...makeTask(id, url), bytes: isLarge ? 2e6 * (1 + (id % 11)) : 0 }
  }

  async #feed(): Promise<void> {
    for (const [index, host] of this.#plan.list.entries()) {
      const id = index + 1
      const task = this.#taskOf(id, `http://${this.#plan.hosts[host]?.name}/${id}`)
      if (this.#plan.slowFeed && this.#random.below(10) === 0) await this.#sleep(this.#random.below(500))
      if (!(await this.#frontier.push(task))) {
        if (!this.#isStopped) this.#problem(`push of ${id} refused`)
        this.#isFed = true
        return
      }
      this.#admitted.set(id, this.#clock.now())
    }
    this.#isFed = true
    this.#frontier.seal()
  }

  async #work(): Promise<void> {
    const frontier = this.#frontier
    for (let task = await frontier.take(); task; task = await frontier.take()) {
      if (this.#underWay.has(task.id)) this.#problem(`${task.id} given out twice`)
      if (this.#done.has(task.id)) this.#problem(`${task.id} given out after it was done`)
      this.#underWay.add(task.id)
      if (task.refusal !== null) {
        this.#underWay.delete(task.id)
        frontier.settle(task, undefined, { kind: 'done', failure: task.refusal })
        this.#finish(task)
        continue
      }
      const attempt = await this.#fetch(task)
      const next = decide(task, attempt, this.#policy)
      this.#underWay.delete(task.id)
      frontier.settle(task, attempt, next)
      if (next.kind === 'done') this.#finish(task)
      if (this.#random.below(20) === 0) await this.#sleep(this.#random.below(50))
    }
  }

  #finish(task: FetchTask): void {
    const count = (this.#done.get(task.id) ?? 0) + 1
    this.#done.set(task.id, count)
    if (count > 1) this.#problem(`${task.id} done ${count} times`)
    this.#retries += task.retries
    const parts = [task.queuedMs, task.limitedMs, task.fetchMs]
    if (parts.some((ms) => !(ms >= -roundingMs))) this.#problem(`${task.id} took ${parts.join(' + ')}`)
    const passed = this.#clock.now()
    if (parts.reduce((sum, ms) => sum + ms, 0) > passed + 1) this.#problem(`${task.id} took longer than the run`)
  }

  /** A server and the way to it. */
  async #fetch(task: FetchTask): Promise<Attempt> {
    const host = this.#byHost.get(task.target.host) as Host
    const startedAt = this.#clock.now()
    const empty = emptyAttempt(startedAt, 0)
    const fail = (type: Failure['type'], code: string): Attempt => ({ ...empty, failure: { type, code, message: '' } })
    const dice = host.manner === 'mixed' ? this.#random.below(12) : 99
    if (dice === 0) return { ...fail('connect', 'EMFILE'), exhausted: true }
    if (host.connectMs > 0) await this.#sleep(this.#random.below(host.connectMs))
    if (this.#isStopped && this.#random.below(2) === 0) return fail('aborted', 'ABORTED')
    const isDown = host.manner === 'down' || (host.manner === 'flickers' && Math.floor(startedAt / 20_000) % 2 === 0)
    if (host.manner === 'absent') return fail('dns', 'ENOTFOUND')
    if (isDown || dice === 1) return fail('connect', 'ECONNREFUSED')
    this.#frontier.started(task)
    this.#checkStart(host)
    if (dice === 2) return { ...fail('network', 'UND_ERR_SOCKET'), stale: true }
    await this.#sleep(host.fetchMs * (0.5 + this.#random.next()))
    return this.#answer(host, { ...empty, remoteIp: '127.0.0.1' }, dice)
  }

  #answer(host: Host, attempt: Attempt, dice: number): Attempt {
    const now = this.#clock.now()
    const ok = { ...attempt, statusCode: 200 }
    if (host.manner === 'counts') {
      const resetMs = host.windowMs - (now % host.windowMs)
      host.lastAnswers = host.lastAnswers.filter((at) => at >= now - (now % host.windowMs))
      host.lastAnswers.push(now)
      const remaining = Math.max(0, host.perSecond - host.lastAnswers.length)
      const isOver = host.lastAnswers.length > host.perSecond
      return { ...ok, statusCode: isOver ? 429 : 200, quota: { remaining, resetMs: Math.ceil(resetMs / 1000) * 1000 } }
    }
    if (host.manner === 'refuses') {
      host.lastAnswers = host.lastAnswers.filter((at) => at > now - 1000)
      if (host.lastAnswers.length >= host.perSecond) {
        return { ...ok, statusCode: 429, retryAfterMs: this.#random.pick([null, 0, 1000, 30_000, 500_000]) }
      }
      host.lastAnswers.push(now)
      return ok
    }
    if (host.manner === 'fails') {
      return {
        ...ok,
        statusCode: this.#random.pick([500, 503, 503, 200]),
        retryAfterMs: this.#random.pick([null, 2000]),
      }
    }
    if (host.manner === 'redirects' || dice === 3) {
      const to = this.#random.below(3) === 0 ? host : this.#random.pick(this.#plan.hosts)
      return { ...ok, statusCode: 302, locations: [`http://${to.name}/r`] }
    }
    if (dice === 4) return { ...attempt, failure: { type: 'timeout', code: 'TIMEOUT_TOTAL', message: '' } }
    if (dice === 5) return { ...ok, statusCode: 429 }
    if (dice === 6) return { ...ok, statusCode: 503 }
    if (dice === 7) return { ...ok, quota: { remaining: this.#random.below(3), resetMs: 1000 } }
    return ok
  }

  /** The limits given, as the server sees them. */
  #checkStart(host: Host): void {
    const now = this.#clock.now()
    const { intervalMs } = this.#table.of(host.name)
    if (intervalMs === null) return
    const gapMs = now - host.lastStart
    if (gapMs < 0.8 * intervalMs - roundingMs) this.#problem(`${host.name}: a gap of ${gapMs} at ${intervalMs}`)
    host.lastStart = now
  }

  #watched(limiter: Limiter): Limiter {
    return {
      delay: (host, now) => limiter.delay(host, now),
      acquire: (name, now) => {
        limiter.acquire(name, now)
        const host = this.#byHost.get(name) as Host
        host.inFlight++
        if (host.inFlight > this.#table.of(name).perHost) this.#problem(`${name}: ${host.inFlight} in flight`)
        const { globalIntervalMs } = this.#plan
        if (globalIntervalMs === null) return
        if (now - this.#lastGlobal < 0.8 * globalIntervalMs - roundingMs)
          this.#problem(`global gap ${now - this.#lastGlobal}`)
        this.#lastGlobal = now
      },
      started: (host, now) => limiter.started(host, now),
      release: (name, attempt, now, blame) => {
        limiter.release(name, attempt, now, blame)
        const host = this.#byHost.get(name) as Host
        host.inFlight--
        if (host.inFlight < 0) this.#problem(`${name}: ${host.inFlight} in flight`)
      },
      refusal: (host, now) => limiter.refusal(host, now),
      msPerRequest: (host, fetchMs) => limiter.msPerRequest(host, fetchMs),
    }
  }

  /** As a list that is read again, or as a temporary file: with reads that take time, bring less than was asked for, or fail. */
  #store(): TaskStore {
    const kept = new Map<number, string>()
    const { refusesToPut, isShortRead, failingRead } = this.#plan
    let at = 0
    const isFile = this.#random.below(2) === 0
    return {
      put: (task) => {
        if (this.#random.next() < refusesToPut) return null
        if (task.firstAttemptAt !== null || task.lastUrl !== null) this.#problem(`${task.id} was begun and put`)
        const start = isFile ? at++ : task.id
        if (kept.has(start)) this.#problem(`${task.id} put twice`)
        kept.set(start, `${task.id} ${task.url}`)
        return { list: isFile ? -1 : 0, start, end: start + 1 }
      },
      read: async (run: ParkedRun, most: number) => {
        if (this.#reads++ === failingRead) throw new Error('the read fails')
        if (this.#random.below(2) === 0) await this.#sleep(this.#random.below(30))
        else await settled()
        const wanted = Math.min(most, run.count)
        const count = isShortRead ? 1 + this.#random.below(wanted) : wanted
        const tasks: FetchTask[] = []
        for (let place = run.start; place < run.start + count; place++) {
          const [id, url] = kept.get(place)?.split(' ') ?? []
          if (id === undefined || url === undefined) {
            this.#problem(`nothing at ${place}`)
            continue
          }
          if (!isFile && Number(id) !== run.firstId + (place - run.start))
            this.#problem(`${id} where another should be`)
          kept.delete(place)
          tasks.push(this.#taskOf(Number(id), url))
        }
        return { tasks, end: run.start + count }
      },
      async close() {},
    }
  }

  /** A worker learned that the frontier is broken. */
  #end(error: unknown): void {
    this.#hasFailed = true
    if (!(error instanceof Error) || error.message !== 'the read fails') this.#problem(String(error))
    this.#stop()
  }

  #stop(): void {
    this.#isStopped = true
    this.#frontier.stop()
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.schedule(resolve, ms))
  }

  #problem(text: string): void {
    if (this.#problems.length < 10) this.#problems.push(`at ${this.#clock.now()}: ${text}`)
  }
}

/** SEED=n repeats one that failed; RUNS=n tries more. */
const first = Number(process.env['SEED'] ?? 1)
const runs = Number(process.env['RUNS'] ?? 50)

it('loses nothing, doubles nothing, keeps every limit and comes to an end, whatever hosts and stores do', async () => {
  for (let start = first; start < first + runs; start++) {
    expect(await torture(start), `SEED=${start}`).toEqual([])
  }
}, 600_000)
