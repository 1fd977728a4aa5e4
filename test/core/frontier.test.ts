import { describe, expect, it } from 'vitest'
import { Frontier } from '../../src/core/frontier.js'
import { GlobalRate } from '../../src/limiters/global-rate.js'
import { HostLimiter, type HostLimiterOptions } from '../../src/limiters/host-limiter.js'
import type { Failure, FetchTask, Next, TaskStore } from '../../src/types.js'
import { memoryStore } from '../support/memory-store.js'
import { seed, seededRandom } from '../support/random.js'
import { makeAttempt, makeTask } from '../support/values.js'
import { settled, VirtualClock } from '../support/virtual-clock.js'

const unlimited: HostLimiterOptions = {
  intervalMs: null,
  perHost: Number.POSITIVE_INFINITY,
  isAdaptive: true,
  maxPauseMs: 120_000,
}
const done: Next = { kind: 'done', failure: null }

interface Changes {
  readonly limits?: Partial<HostLimiterOptions>
  readonly capacity?: number
  readonly globalIntervalMs?: number
  readonly store?: TaskStore | null
  readonly isEager?: boolean
  readonly refusal?: (host: string) => Failure | null
}

function setUp(changes: Changes = {}) {
  const clock = new VirtualClock()
  const limiter = new HostLimiter({ ...unlimited, ...changes.limits })
  if (changes.refusal) limiter.refusal = changes.refusal
  const gate = changes.globalIntervalMs === undefined ? null : new GlobalRate(changes.globalIntervalMs)
  const frontier = new Frontier({
    workers: 10,
    store: changes.store ?? null,
    isEager: changes.isEager ?? false,
    capacity: changes.capacity ?? 1000,
    limiter,
    gate,
    clock,
  })
  return { clock, limiter, frontier }
}

/** Takes at once, or fails; the connection is there at once. */
function takeNow(frontier: Frontier): FetchTask {
  const task = frontier.take()
  if (task === undefined || task instanceof Promise) throw new Error('no task is ready')
  frontier.started(task)
  return task
}

/** A worker that notes when it got what, and takes `workMs` for each. */
async function work(
  frontier: Frontier,
  clock: VirtualClock,
  workMs: number,
  log: { id: number; host: string; at: number }[],
): Promise<void> {
  for (let task = await frontier.take(); task; task = await frontier.take()) {
    log.push({ id: task.id, host: task.target.host, at: clock.now() })
    await new Promise<void>((resolve) => clock.schedule(resolve, workMs))
    frontier.settle(task, makeAttempt(), done)
  }
}

describe('Frontier', () => {
  it('serves ready hosts in turn, whatever the order of the list', async () => {
    const { frontier } = setUp()
    for (const [index, host] of ['a', 'a', 'a', 'b', 'b', 'c'].entries()) {
      await frontier.push(makeTask(index + 1, `http://${host}.test/`))
    }
    const hosts = Array.from({ length: 6 }, () => takeNow(frontier).target.host)
    expect(hosts).toEqual(['a.test', 'b.test', 'c.test', 'a.test', 'b.test', 'a.test'])
  })

  it('serves other hosts while one is paused', async () => {
    const { frontier, clock } = setUp()
    for (const [index, host] of ['a', 'a', 'b', 'b'].entries()) {
      await frontier.push(makeTask(index + 1, `http://${host}.test/`))
    }
    const first = takeNow(frontier)
    frontier.settle(first, makeAttempt({ statusCode: 429, retryAfterMs: 5000 }), done)
    expect(takeNow(frontier).target.host).toBe('b.test')
    expect(takeNow(frontier).target.host).toBe('b.test')
    const waiting = Promise.resolve(frontier.take())
    let resumedAt = -1
    void waiting.then(() => {
      resumedAt = clock.now()
    })
    await clock.advance(4999)
    expect(resumedAt).toBe(-1)
    await clock.advance(1)
    expect(resumedAt).toBe(5000)
  })

  it('holds no more than its capacity, and a retry keeps its slot', async () => {
    const { frontier } = setUp({ capacity: 2 })
    await frontier.push(makeTask(1, 'http://a.test/'))
    await frontier.push(makeTask(2, 'http://a.test/'))
    let isAdmitted = false
    const third = Promise.resolve(frontier.push(makeTask(3, 'http://a.test/'))).then(() => {
      isAdmitted = true
    })
    const task = takeNow(frontier)
    frontier.settle(task, makeAttempt(), { kind: 'retry', delayMs: 0, cause: 'failure' })
    await settled()
    expect(isAdmitted).toBe(false)
    frontier.settle(takeNow(frontier), makeAttempt(), done)
    await third
    expect(isAdmitted).toBe(true)
  })

  it('admits a quarter of its capacity at a time, unless a worker waits for a task', async () => {
    const { frontier } = setUp({ capacity: 8 })
    for (let id = 1; id <= 8; id++) await frontier.push(makeTask(id, 'http://a.test/'))
    let admitted = 0
    const feeder = async () => {
      for (const id of [9, 10, 11]) {
        await frontier.push(makeTask(id, 'http://b.test/'))
        admitted++
      }
    }
    const feeding = feeder()
    frontier.settle(takeNow(frontier), makeAttempt(), done)
    await settled()
    expect(admitted).toBe(0)
    frontier.settle(takeNow(frontier), makeAttempt(), done)
    await settled()
    expect(admitted).toBe(2)
    // The host pauses: there is room for one, and a worker that waits for any other host.
    frontier.settle(takeNow(frontier), makeAttempt({ statusCode: 429, retryAfterMs: 60_000 }), done)
    expect(takeNow(frontier).host).toBe('b.test')
    expect(takeNow(frontier).host).toBe('b.test')
    const waiting = Promise.resolve(frontier.take())
    expect(await waiting).toMatchObject({ id: 11 })
    await feeding
  })

  it('gives out a retry after its backoff, before tasks that were not begun', async () => {
    const { frontier, clock } = setUp()
    await frontier.push(makeTask(1, 'http://a.test/'))
    for (const id of [2, 3, 4]) await frontier.push(makeTask(id, 'http://a.test/'))
    frontier.settle(takeNow(frontier), makeAttempt(), { kind: 'retry', delayMs: 100, cause: 'failure' })
    expect(takeNow(frontier).id).toBe(2)
    await clock.advance(100)
    const retried = takeNow(frontier)
    expect([retried.id, retried.retries]).toEqual([1, 1])
    expect(takeNow(frontier).id).toBe(3)
  })

  it('puts a redirect on the lane of the host it leads to, and there its limits hold', async () => {
    const { frontier, clock } = setUp({ limits: { intervalMs: 1000 } })
    await frontier.push(makeTask(1, 'http://a.test/'))
    await frontier.push(makeTask(2, 'http://b.test/'))
    const redirected = takeNow(frontier)
    expect(takeNow(frontier).id).toBe(2)
    const target = makeTask(9, 'http://b.test/next').target
    frontier.settle(redirected, makeAttempt(), { kind: 'redirect', target, request: redirected.request })
    const next = Promise.resolve(frontier.take()).then((task) => ({ task, at: clock.now() }))
    await clock.run()
    const { task, at } = await next
    expect(at).toBe(1000)
    expect([task?.id, task?.redirects, task?.lastUrl]).toEqual([1, 1, 'http://b.test/next'])
  })

  it('does not count a stale connection or an exhausted machine as a retry', async () => {
    const { frontier } = setUp()
    await frontier.push(makeTask(1, 'http://a.test/'))
    frontier.settle(takeNow(frontier), makeAttempt(), { kind: 'retry', delayMs: 0, cause: 'exhausted' })
    const exhausted = takeNow(frontier)
    expect([exhausted.retries, exhausted.freeRetryUsed]).toEqual([0, false])
    frontier.settle(exhausted, makeAttempt(), { kind: 'retry', delayMs: 0, cause: 'stale' })
    const stale = takeNow(frontier)
    expect([stale.retries, stale.freeRetryUsed]).toEqual([0, true])
  })

  it('ends takers once it is sealed and everything is settled, not before', async () => {
    const { frontier, clock } = setUp()
    await frontier.push(makeTask(1, 'http://a.test/'))
    const task = takeNow(frontier)
    frontier.seal()
    let ended = false
    const waiting = Promise.resolve(frontier.take()).then((next) => {
      ended = next === undefined
    })
    await settled()
    expect(ended).toBe(false)
    frontier.settle(task, makeAttempt(), done)
    await waiting
    expect(ended).toBe(true)
    expect(frontier.take()).toBeUndefined()
    expect(clock.timers).toBe(0)
  })

  it('ends at once when it is empty and sealed', () => {
    const { frontier } = setUp()
    frontier.seal()
    expect(frontier.take()).toBeUndefined()
  })

  it('when stopped ends takers and the feeder, and gives back the tasks that were begun', async () => {
    const { frontier, clock } = setUp({ capacity: 3, limits: { perHost: 1 } })
    for (const id of [1, 2, 3]) await frontier.push(makeTask(id, 'http://a.test/'))
    frontier.settle(takeNow(frontier), makeAttempt(), { kind: 'retry', delayMs: 10_000, cause: 'failure' })
    const inFlight = takeNow(frontier)
    const feeder = frontier.push(makeTask(4, 'http://a.test/'))
    const taker = Promise.resolve(frontier.take())
    await clock.advance(500)
    frontier.stop()
    expect(await feeder).toBe(false)
    expect(await taker).toBeUndefined()
    frontier.settle(inFlight, makeAttempt(), done)
    const [abandoned, ...others] = frontier.abandoned()
    expect(others).toEqual([])
    expect(abandoned).toMatchObject({ id: 1, limitedMs: 500, queuedMs: 0, fetchMs: 0 })
    expect(clock.timers).toBe(0)
  })

  it('forgets a host that has no task left', async () => {
    const { frontier, clock } = setUp({ limits: { intervalMs: 10 } })
    for (let id = 1; id <= 100; id++) {
      await frontier.push(makeTask(id, `http://h${id}.test/`))
      frontier.settle(takeNow(frontier), makeAttempt(), done)
    }
    expect(frontier.waitingHost()).toBeNull()
    expect(clock.timers).toBe(0)
  })

  it('names the held-back host with the most tasks, and for how long', async () => {
    const { frontier } = setUp({ limits: { intervalMs: 2000 } })
    for (const id of [1, 2, 3]) await frontier.push(makeTask(id, 'http://a.test/'))
    for (const id of [4, 5]) await frontier.push(makeTask(id, 'http://b.test/'))
    takeNow(frontier)
    takeNow(frontier)
    expect(frontier.waitingHost()).toEqual({ host: 'a.test', tasks: 2, forMs: 2000 })
  })
})

describe('what a task says of its host', () => {
  it('is whether others of it wait, those outside memory, too', () => {
    const { frontier } = setUp({ capacity: 2, store: memoryStore() })
    for (const id of [1, 2, 3, 4]) void frontier.push(makeTask(id, 'http://a.test/'))
    void frontier.push(makeTask(5, 'http://b.test/'))
    expect(takeNow(frontier)).toMatchObject({ host: 'a.test', hostOutlook: 'more' })
  })

  it('is that none waits only where there are others to go on with', () => {
    const { frontier } = setUp()
    void frontier.push(makeTask(1, 'http://a.test/'))
    void frontier.push(makeTask(2, 'http://b.test/'))
    void frontier.push(makeTask(3, 'http://b.test/'))
    expect([1, 2, 3].map(() => takeNow(frontier).hostOutlook)).toEqual(['none', 'more', 'unknown'])
  })
})

describe('where a task says its time went', () => {
  it('waiting for a worker is queued', async () => {
    const { frontier, clock } = setUp()
    await frontier.push(makeTask(1, 'http://a.test/'))
    await clock.advance(300)
    const task = takeNow(frontier)
    await clock.advance(50)
    frontier.settle(task, makeAttempt(), done)
    expect(task).toMatchObject({ queuedMs: 300, limitedMs: 0, fetchMs: 50 })
  })

  it('waiting for its host to be allowed is limited, waiting for a worker after that is queued', async () => {
    const { frontier, clock } = setUp({ limits: { intervalMs: 1000 } })
    await frontier.push(makeTask(1, 'http://a.test/'))
    await frontier.push(makeTask(2, 'http://a.test/'))
    takeNow(frontier)
    await clock.advance(1000)
    frontier.waitingHost()
    const second = takeNow(frontier)
    expect(second).toMatchObject({ queuedMs: 0, limitedMs: 1000 })
  })

  it("a retry's backoff is limited, and the time of all attempts is fetched", async () => {
    const { frontier, clock } = setUp()
    await frontier.push(makeTask(1, 'http://a.test/'))
    const task = takeNow(frontier)
    await clock.advance(20)
    frontier.settle(task, makeAttempt(), { kind: 'retry', delayMs: 400, cause: 'failure' })
    const taken = Promise.resolve(frontier.take())
    await clock.advance(400)
    expect(await taken).toBe(task)
    await clock.advance(30)
    frontier.settle(task, makeAttempt(), done)
    expect(task).toMatchObject({ queuedMs: 0, limitedMs: 400, fetchMs: 50 })
  })

  it('waiting for the rate over all hosts is limited, too', async () => {
    const { frontier, clock } = setUp({ globalIntervalMs: 100 })
    await frontier.push(makeTask(1, 'http://a.test/'))
    await frontier.push(makeTask(2, 'http://b.test/'))
    takeNow(frontier)
    const taken = Promise.resolve(frontier.take())
    await clock.run()
    expect(await taken).toMatchObject({ id: 2, limitedMs: 100, queuedMs: 0 })
  })
})

describe('Frontier: further than memory', () => {
  const blocks = (hosts: number, each: number) =>
    Array.from({ length: hosts * each }, (_, index) => makeTask(index + 1, `http://h${Math.floor(index / each)}.test/`))

  async function feed(frontier: Frontier, tasks: readonly FetchTask[]): Promise<void> {
    for (const task of tasks) await frontier.push(task)
    frontier.seal()
  }

  it.each([true, false])(
    'keeps all hosts of a sorted list busy with a tenth of it in memory (eager: %s)',
    async (isEager) => {
      const { frontier, clock } = setUp({ capacity: 60, limits: { intervalMs: 100 }, store: memoryStore(), isEager })
      const log: { id: number; host: string; at: number }[] = []
      const crew = Promise.all(Array.from({ length: 10 }, () => work(frontier, clock, 10, log)))
      const feeding = feed(frontier, blocks(10, 60))
      await clock.run()
      await Promise.all([crew, feeding])
      expect(new Set(log.map(({ id }) => id)).size).toBe(600)
      // 60 requests 100 ms apart: as long as one host takes alone.
      expect(clock.now()).toBeLessThan(1.05 * 5910)
    },
  )

  it('looks no further than its capacity without a store', async () => {
    const { frontier, clock } = setUp({ capacity: 60, limits: { intervalMs: 100 } })
    const log: { id: number; host: string; at: number }[] = []
    const crew = Promise.all(Array.from({ length: 10 }, () => work(frontier, clock, 10, log)))
    const feeding = feed(frontier, blocks(10, 60))
    await clock.run()
    await Promise.all([crew, feeding])
    expect(log).toHaveLength(600)
    expect(clock.now()).toBeGreaterThan(3 * 5910)
  })

  it('does not end before what is parked is done', async () => {
    const { frontier, clock } = setUp({ capacity: 4, limits: { perHost: 1 }, store: memoryStore(), isEager: true })
    await feed(frontier, blocks(2, 10))
    const log: { id: number; host: string; at: number }[] = []
    const crew = work(frontier, clock, 10, log)
    await clock.run()
    await crew
    expect(log).toHaveLength(20)
  })

  it('throws where a parked task cannot be read again', async () => {
    const store = memoryStore()
    const { frontier, clock } = setUp({ capacity: 4, limits: { perHost: 1 }, store, isEager: true })
    await feed(frontier, blocks(1, 10))
    store.read = async () => {
      throw new Error('the list is gone')
    }
    const crew = work(frontier, clock, 10, []).catch((error: unknown) => error)
    await clock.run()
    expect(await crew).toEqual(new Error('the list is gone'))
  })

  it('lets a stop leave what is parked alone', async () => {
    const { frontier } = setUp({ capacity: 4, store: memoryStore(), isEager: true })
    await feed(frontier, blocks(2, 10))
    frontier.stop()
    expect(await frontier.take()).toBeUndefined()
    expect([...frontier.abandoned()]).toEqual([])
  })
})

describe('Frontier: hosts that are given up', () => {
  const failure: Failure = { type: 'connect', code: 'HOST_DOWN', message: 'it is down' }

  it('hands out their tasks with the failure, without asking the limiter for a request', () => {
    const { frontier, limiter } = setUp({
      limits: { perHost: 1 },
      refusal: (host) => (host === 'down.test' ? failure : null),
    })
    for (const [index, host] of ['down.test', 'down.test', 'up.test'].entries()) {
      void frontier.push(makeTask(index + 1, `http://${host}/`))
    }
    const taken = [takeNow(frontier), takeNow(frontier), takeNow(frontier)]
    expect(taken.map(({ host, refusal, lastUrl }) => [host, refusal?.code ?? null, lastUrl])).toEqual([
      ['down.test', 'HOST_DOWN', null],
      ['up.test', null, 'http://up.test/'],
      ['down.test', 'HOST_DOWN', null],
    ])
    expect(limiter.delay('down.test', 0)).toBe(0)
    for (const task of taken) frontier.settle(task, undefined, { kind: 'done', failure: task.refusal })
    frontier.seal()
    expect(frontier.take()).toBeUndefined()
  })
})

describe('the order of arrival', () => {
  /** What becomes of each task, if every seventh fails once and every fifth is led to another host. */
  async function outcomes(order: readonly number[]): Promise<Map<number, string>> {
    const { frontier, clock } = setUp({ capacity: 20, limits: { perHost: 2 }, store: memoryStore(), isEager: true })
    const results = new Map<number, string>()
    const following = (task: FetchTask): Next => {
      if (task.id % 7 === 0 && task.retries === 0) return { kind: 'retry', delayMs: 30, cause: 'failure' }
      if (task.id % 5 === 0 && task.redirects === 0) {
        return { kind: 'redirect', target: makeTask(1, 'http://elsewhere.test/').target, request: task.request }
      }
      results.set(task.id, `${task.url} ${task.target.host} ${task.retries} ${task.redirects}`)
      return done
    }
    const worker = async () => {
      for (let task = await frontier.take(); task; task = await frontier.take()) {
        await new Promise<void>((resolve) => clock.schedule(resolve, 10))
        frontier.settle(task, makeAttempt({ startedAt: clock.now() }), following(task))
      }
    }
    const feeder = async () => {
      for (const id of order) await frontier.push(makeTask(id, `http://h${id % 12}.test/${id}`))
      frontier.seal()
    }
    const run = Promise.all([feeder(), ...Array.from({ length: 6 }, worker)])
    await clock.run()
    await run
    return results
  }

  it('makes no difference to what becomes of a URL', async () => {
    const random = seededRandom(seed)
    const sorted = Array.from({ length: 200 }, (_, index) => index + 1).toSorted((a, b) => (a % 12) - (b % 12))
    const shuffled = sorted.map((id) => ({ id, key: random.next() })).toSorted((a, b) => a.key - b.key)
    const expected = await outcomes(sorted)
    expect(expected.size).toBe(200)
    expect(await outcomes(sorted.toReversed()), `seed ${seed}`).toEqual(expected)
    expect(await outcomes(shuffled.map(({ id }) => id)), `seed ${seed}`).toEqual(expected)
  })
})

describe('limits, whatever the schedule', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    `loses nothing, starves nobody and exceeds no limit (seed ${seed} + %i)`,
    async (offset) => {
      const random = seededRandom(seed + offset)
      const intervalMs = random.pick([null, 5, 40])
      const perHost = random.pick([Number.POSITIVE_INFINITY, 1, 3])
      const globalIntervalMs = random.pick([undefined, 2])
      const isParking = offset % 2 === 0
      const { frontier, clock } = setUp({
        capacity: 1 + random.below(60),
        store: isParking ? memoryStore() : null,
        isEager: random.pick([true, false]),
        limits: { intervalMs, perHost },
        ...(globalIntervalMs === undefined ? {} : { globalIntervalMs }),
      })
      const total = 300
      const starts: { host: string; at: number }[] = []
      const globalStarts: number[] = []
      const inFlight = new Map<string, number>()
      const tasks = new Map<number, FetchTask>()
      const durations = new Map<number, { from: number; to: number }>()

      const worker = async () => {
        for (let task = await frontier.take(); task; task = await frontier.take()) {
          const { host } = task.target
          inFlight.set(host, (inFlight.get(host) ?? 0) + 1)
          expect(inFlight.get(host)).toBeLessThanOrEqual(perHost)
          globalStarts.push(clock.now())
          // A connection may take long, or never come.
          await new Promise<void>((resolve) => clock.schedule(resolve, random.pick([0, 0, 3, 60])))
          if (random.next() < 0.9) {
            starts.push({ host, at: clock.now() })
            frontier.started(task)
          }
          await new Promise<void>((resolve) => clock.schedule(resolve, random.below(30)))
          inFlight.set(host, (inFlight.get(host) ?? 0) - 1)
          frontier.settle(task, makeAttempt({ startedAt: clock.now() }), following(task))
        }
      }
      const following = (task: FetchTask): Next => {
        const roll = random.next()
        if (roll < 0.1 && task.retries < 3) return { kind: 'retry', delayMs: random.below(200), cause: 'failure' }
        if (roll < 0.2 && task.redirects < 3) {
          const target = makeTask(1, `http://h${random.below(8)}.test/`).target
          return { kind: 'redirect', target, request: task.request }
        }
        expect(tasks.has(task.id)).toBe(false)
        tasks.set(task.id, task)
        const admitted = durations.get(task.id)
        if (admitted) admitted.to = clock.now()
        return done
      }
      const feeder = async () => {
        for (let id = 1; id <= total; id++) {
          const task = makeTask(id, `http://h${random.below(8)}.test/`)
          await frontier.push(task)
          durations.set(id, { from: task.since, to: 0 })
          if (random.next() < 0.05) await new Promise<void>((resolve) => clock.schedule(resolve, random.below(100)))
        }
        frontier.seal()
      }
      const run = Promise.all([feeder(), ...Array.from({ length: 5 }, worker)])
      // While all wait for the store there is no timer for a moment, and the clock stops: it is set going again.
      for (let tries = 0; tasks.size < total && tries < 1000; tries++) await clock.run()
      expect(tasks.size).toBe(total)
      await run

      expect(clock.timers).toBe(0)
      // What is parked is admitted anew when it comes back.
      for (const [id, task] of isParking ? [] : tasks) {
        const { from, to } = durations.get(id) ?? { from: 0, to: 0 }
        expect(Math.abs(task.queuedMs + task.limitedMs + task.fetchMs - (to - from))).toBeLessThan(30)
        expect(Math.min(task.queuedMs, task.limitedMs, task.fetchMs)).toBeGreaterThanOrEqual(0)
      }
      expectSpaced(globalStarts, globalIntervalMs ?? 0)
      for (const host of new Set(starts.map((start) => start.host))) {
        expectSpaced(
          starts.filter((start) => start.host === host).map(({ at }) => at),
          intervalMs ?? 0,
        )
      }
    },
  )

  it('keeps every worker busy with other hosts while one host is at its limit', async () => {
    const { frontier, clock } = setUp({ limits: { perHost: 1 } })
    const log: { id: number; host: string; at: number }[] = []
    const crew = Promise.all(Array.from({ length: 4 }, () => work(frontier, clock, 10, log)))
    for (let id = 1; id <= 20; id++) await frontier.push(makeTask(id, 'http://big.test/'))
    for (let id = 21; id <= 29; id++) await frontier.push(makeTask(id, `http://small${id}.test/`))
    frontier.seal()
    await clock.run()
    await crew
    expect(log).toHaveLength(29)
    const lastSmall = Math.max(...log.filter(({ host }) => host.startsWith('small')).map(({ at }) => at))
    expect(lastSmall).toBeLessThanOrEqual(40)
    expect(Math.max(...log.map(({ at }) => at))).toBeLessThanOrEqual(220)
  })
})

/** Starts are `intervalMs` apart; a gap may be a fifth shorter, and no window holds more than its share and one. */
function expectSpaced(starts: readonly number[], intervalMs: number): void {
  if (intervalMs === 0) return
  for (const [index, at] of starts.entries()) {
    const previous = starts[index - 1]
    if (previous !== undefined) expect(at - previous).toBeGreaterThanOrEqual(0.8 * intervalMs - 1e-6)
    const earlier = starts[index - 10]
    if (earlier !== undefined) expect(at - earlier).toBeGreaterThanOrEqual(9 * intervalMs - 1e-6)
  }
}

describe('the memory that bodies take', () => {
  const megabyte = 2 ** 20
  const large = (id: number, host: string): FetchTask => ({ ...makeTask(id, `http://${host}.test/`), bytes: megabyte })

  /** Fetches all tasks; says in which order, and how many were in memory at most. */
  async function fetchAll(tasks: readonly FetchTask[], changes: Changes, workers: number) {
    let inMemory = 0
    let most = 0
    const memory = memoryStore()
    const store: TaskStore = {
      put: (task) => {
        const place = memory.put(task)
        if (place !== null) inMemory--
        return place
      },
      read: async (run, count) => {
        const found = await memory.read(run, count)
        inMemory += found.tasks.length
        return found
      },
      close: () => memory.close(),
    }
    const { frontier, clock } = setUp({ ...changes, store: changes.store === undefined ? store : null })
    const log: { id: number; host: string; at: number }[] = []
    const feed = async (): Promise<void> => {
      for (const task of tasks) {
        inMemory++
        await frontier.push(task)
        // The feeder itself holds one.
        most = Math.max(most, inMemory)
      }
      frontier.seal()
    }
    const crew = async (): Promise<void> => {
      for (let task = await frontier.take(); task; task = await frontier.take()) {
        most = Math.max(most, inMemory)
        log.push({ id: task.id, host: task.target.host, at: clock.now() })
        await new Promise<void>((resolve) => clock.schedule(resolve, 20))
        inMemory--
        frontier.settle(task, makeAttempt(), done)
      }
    }
    const ended = Promise.all([feed(), ...Array.from({ length: workers }, crew)])
    await clock.run()
    await ended
    expect(log.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(tasks.map(({ id }) => id))
    return { log, most }
  }

  it('is bounded: a task with a large one waits to be let in', async () => {
    const tasks = Array.from({ length: 300 }, (_, index) => large(index + 1, 'a'))
    const { most } = await fetchAll(tasks, { capacity: 10_000, store: null }, 10)
    expect(most).toBeGreaterThan(50)
    expect(most).toBeLessThan(70)
  })

  it('does not hide hosts that stand behind them in the list', async () => {
    const tasks = Array.from({ length: 500 }, (_, index) => large(index + 1, 'a'))
    const last = makeTask(501, 'http://b.test/')
    const limits = { intervalMs: 1000 }
    const { log, most } = await fetchAll([...tasks, last], { capacity: 10_000, isEager: true, limits }, 2)
    expect(log.find(({ host }) => host === 'b.test')?.at).toBeLessThan(5000)
    expect(most).toBeLessThan(70)
  })

  it('does not grow with the number of hosts whose tasks come back', async () => {
    const tasks = Array.from({ length: 2000 }, (_, index) => large(index + 1, `h${index % 50}`))
    for (const capacity of [1000, 10_000]) {
      const limits = { intervalMs: 100 }
      const { most } = await fetchAll(tasks, { capacity, isEager: true, limits }, 10)
      expect(most).toBeLessThan(75)
    }
  })
})
