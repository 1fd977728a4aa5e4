import { describe, expect, it } from 'vitest'
import { Frontier } from '../../src/core/frontier.js'
import { GlobalRate } from '../../src/limiters/global-rate.js'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import { makeAttempt, makeTask } from '../support/values.js'
import { VirtualClock } from '../support/virtual-clock.js'

describe('GlobalRate', () => {
  it('spaces the starts of requests, whatever their hosts', async () => {
    const clock = new VirtualClock()
    const limiter = new HostLimiter({ intervalMs: null, perHost: Infinity, isAdaptive: true, maxPauseMs: 120_000 })
    const frontier = new Frontier({
      workers: 10,
      store: null,
      isEager: false,
      capacity: 100,
      limiter,
      gate: new GlobalRate(50),
      clock,
    })
    const starts: number[] = []
    const work = async () => {
      for (let task = await frontier.take(); task; task = await frontier.take()) {
        starts.push(clock.now())
        await new Promise<void>((resolve) => clock.schedule(resolve, 130))
        frontier.settle(task, makeAttempt(), { kind: 'done', failure: null })
      }
    }
    const crew = Promise.all([work(), work(), work(), work(), work()])
    for (let id = 1; id <= 6; id++) await frontier.push(makeTask(id, `http://h${id}.test/`))
    frontier.seal()
    await clock.run()
    await crew
    expect(starts).toEqual([0, 50, 100, 150, 200, 250])
  })

  it('says how long until any request may start', () => {
    const rate = new GlobalRate(50)
    expect(rate.delay(10)).toBe(0)
    rate.acquire(10)
    expect([10, 35, 60, 99].map((now) => rate.delay(now))).toEqual([50, 25, 0, 0])
  })
})
