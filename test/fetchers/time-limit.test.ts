import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Limited, TimeLimit } from '../../src/fetchers/time-limit.js'

class Member implements Limited {
  older: Limited | null = null
  younger: Limited | null = null
  readonly startedAt = performance.now()
  endedAt: number | null = null

  onTimeLimit(): void {
    this.endedAt = performance.now()
  }
}

describe('TimeLimit', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('ends each member when its own time is over, not before', () => {
    const limit = new TimeLimit(100)
    const members = [0, 30, 30].map((laterMs) => {
      vi.advanceTimersByTime(laterMs)
      const member = new Member()
      limit.add(member)
      return member
    })
    vi.advanceTimersByTime(1000)
    for (const { startedAt, endedAt } of members) {
      expect((endedAt ?? 0) - startedAt).toBeGreaterThanOrEqual(100)
      expect((endedAt ?? 0) - startedAt).toBeLessThan(102)
    }
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not end what left, and holds for those who stay', () => {
    const limit = new TimeLimit(100)
    const [first, second] = [new Member(), new Member()]
    limit.add(first)
    limit.add(second)
    limit.remove(first)
    vi.advanceTimersByTime(200)
    expect(first.endedAt).toBeNull()
    expect(second.endedAt).not.toBeNull()
  })

  it('has one timer, and none without members', () => {
    const limit = new TimeLimit(100)
    const members = Array.from({ length: 10 }, () => new Member())
    for (const member of members) limit.add(member)
    expect(vi.getTimerCount()).toBe(1)
    for (const member of members) limit.remove(member)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('lets a member leave twice, and leave from within its end', () => {
    const limit = new TimeLimit(100)
    const member = new Member()
    member.onTimeLimit = () => limit.remove(member)
    limit.add(member)
    vi.advanceTimersByTime(100)
    limit.remove(member)
    expect(vi.getTimerCount()).toBe(0)
  })
})
