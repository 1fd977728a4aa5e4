import { describe, expect, it } from 'vitest'
import { Spacing } from '../../src/core/spacing.js'
import { seed, seededRandom } from '../support/random.js'

/** Starts as soon as allowed, each so much later as `lateness` says. */
function startTimes(spacing: Spacing, lateness: readonly number[]): number[] {
  let now = 0
  return lateness.map((late) => {
    now += spacing.delay(now) + late
    spacing.acquire(now)
    return now
  })
}

describe('Spacing', () => {
  it('lets the first start be at once', () => {
    expect(new Spacing(100).delay(12_345)).toBe(0)
  })

  it('holds starts one interval apart', () => {
    expect(startTimes(new Spacing(100), [0, 0, 0, 0])).toEqual([0, 100, 200, 300])
  })

  it('says how much of the interval is left, and nothing once it is over', () => {
    const spacing = new Spacing(100)
    spacing.acquire(1000)
    expect(spacing.delay(1000)).toBe(100)
    expect(spacing.delay(1060)).toBe(40)
    expect(spacing.delay(1100)).toBe(0)
    expect(spacing.delay(5000)).toBe(0)
  })

  it('makes up for a late start with gaps a fifth shorter, until it is back on its schedule', () => {
    expect(startTimes(new Spacing(100), [0, 50, 0, 0, 0, 0])).toEqual([0, 150, 230, 310, 400, 500])
  })

  it('lets no burst follow, however long nobody asked', () => {
    const spacing = new Spacing(100)
    spacing.acquire(0)
    spacing.acquire(1_000_000)
    expect(spacing.delay(1_000_000)).toBe(100)
    spacing.acquire(1_000_100)
    expect(spacing.delay(1_000_100)).toBe(100)
  })

  it('may be forgotten when it says so, without making anything possible sooner', () => {
    const spacing = new Spacing(100)
    startTimes(spacing, [0, 30, 90, 0])
    expect(spacing.delay(spacing.forgettableAt)).toBe(0)
    const fresh = new Spacing(100)
    const now = spacing.forgettableAt
    spacing.acquire(now)
    fresh.acquire(now)
    expect(fresh.delay(now)).toBeGreaterThanOrEqual(spacing.delay(now))
  })

  it.each([1, 2, 3, 4, 5])(
    `never comes nearer than 80 %% of the interval, nor exceeds the rate by more than one start (seed ${seed} + %i)`,
    (offset) => {
      const random = seededRandom(seed + offset)
      const intervalMs = random.pick([0.2, 7, 100, 3600])
      const lateness = Array.from({ length: 400 }, () => {
        const roll = random.next()
        if (roll < 0.5) return 0
        return roll < 0.95 ? random.next() * 1.5 * intervalMs : random.next() * 50 * intervalMs
      })
      const starts = startTimes(new Spacing(intervalMs), lateness)
      const tolerance = 1e-6 * intervalMs
      for (const [from, start] of starts.entries()) {
        const next = starts[from + 1]
        if (next !== undefined) expect(next - start).toBeGreaterThanOrEqual(0.8 * intervalMs - tolerance)
        for (let to = from + 1; to < starts.length; to++) {
          const spanned = (starts[to] ?? 0) - start
          if (spanned < (to - from - 1) * intervalMs - tolerance) {
            expect.fail(`${to - from + 1} starts within ${spanned} ms at an interval of ${intervalMs} ms`)
          }
        }
      }
    },
  )

  it('keeps the rate over time where every start is a little late', () => {
    const starts = startTimes(
      new Spacing(100),
      Array.from({ length: 1001 }, (_, index) => (index === 0 ? 0 : 3)),
    )
    expect(starts.at(-1)).toBeLessThan(100_000 + 200)
  })
})

describe('a start that came later than it was acquired', () => {
  it('is what the next gap is measured from, and makes up for no more than one interval', () => {
    const spacing = new Spacing(100)
    spacing.acquire(0)
    spacing.postpone(350)
    expect(spacing.delay(350)).toBe(80)
    spacing.acquire(430)
    expect(spacing.delay(430)).toBe(80)
    spacing.acquire(510)
    expect(spacing.delay(510)).toBe(80)
    spacing.acquire(590)
    // The schedule that began at 350 is caught up with.
    spacing.acquire(670)
    spacing.acquire(750)
    expect(spacing.delay(750)).toBe(100)
  })
})

describe('a changed interval', () => {
  it('counts from the last start', () => {
    const spacing = new Spacing(100)
    spacing.acquire(0)
    spacing.setInterval(300)
    expect(spacing.delay(50)).toBe(250)
    spacing.setInterval(40)
    expect(spacing.delay(50)).toBe(0)
    expect(spacing.intervalMs).toBe(40)
  })

  it('holds back nobody before the first start', () => {
    const spacing = new Spacing(100)
    spacing.setInterval(300)
    expect(spacing.delay(0)).toBe(0)
  })

  it('leaves nothing to make up for', () => {
    const spacing = new Spacing(100)
    spacing.acquire(0)
    spacing.acquire(150)
    expect(spacing.delay(150)).toBe(80)
    spacing.setInterval(90)
    expect(spacing.delay(150)).toBe(90)
  })

  it('has gaps as short as is said', () => {
    const spacing = new Spacing(100, 0.95)
    spacing.acquire(0)
    spacing.acquire(150)
    expect(spacing.delay(150)).toBe(95)
    spacing.setInterval(200, 0.9)
    spacing.acquire(400)
    expect(spacing.delay(400)).toBe(180)
  })

  it.each([1, 2, 3, 4])(
    `never exceeds the highest of the rates by more than one start (seed ${seed} + %i)`,
    (offset) => {
      const random = seededRandom(seed + offset)
      const spacing = new Spacing(10)
      const starts: number[] = []
      for (let now = 0; starts.length < 300; ) {
        if (random.next() < 0.3) spacing.setInterval(10 * (1 + 9 * random.next() ** 2), 0.8 + 0.2 * random.next())
        now += spacing.delay(now) + (random.next() < 0.5 ? 0 : random.next() * 20)
        spacing.acquire(now)
        starts.push(now)
      }
      for (const [from, start] of starts.entries()) {
        for (let to = from + 1; to < starts.length; to++) {
          expect((starts[to] ?? 0) - start).toBeGreaterThanOrEqual(Math.max(8, (to - from - 1) * 10) - 1e-6)
        }
      }
    },
  )
})
