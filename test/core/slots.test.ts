import { describe, expect, it } from 'vitest'
import { ownBytes, Slots } from '../../src/core/slots.js'
import { getRequest, makeTask } from '../support/values.js'

const task = (bytes: number) => ({ ...makeTask(1, 'http://a.test/'), bytes })

describe('Slots', () => {
  it('has one for each task that brings nothing along', () => {
    const slots = new Slots(10)
    for (let count = 0; count < 10; count++) slots.take(task(0))
    expect([slots.used, slots.free, slots.perTask]).toEqual([10, 0, 1])
    slots.give(task(0))
    expect([slots.used, slots.free]).toEqual([9, 1])
  })

  it('is full with few tasks that have large bodies, and empty when these are gone', () => {
    const slots = new Slots(10_000, 10 * 2 ** 20)
    const large = task(2 ** 20)
    let count = 0
    for (; slots.free > 0; count++) slots.take(large)
    expect(count).toBeGreaterThanOrEqual(9)
    expect(count).toBeLessThanOrEqual(11)
    expect(slots.perTask).toBeGreaterThan(900)
    for (; count > 0; count--) slots.give(large)
    expect([slots.used, slots.perTask]).toEqual([0, 1])
  })

  it('has room for a few tasks of whatever size', () => {
    for (const capacity of [1, 2, 10, 1000]) {
      expect(new Slots(capacity).forBytes(1e12)).toBeLessThanOrEqual(Math.max(1, capacity / 4))
    }
  })

  it('keeps slots for tasks on their way', () => {
    const slots = new Slots(10)
    slots.reserve(4)
    expect(slots.free).toBe(6)
    slots.release(4)
    expect(slots.free).toBe(10)
  })

  it('costs a very long queue no more than the objects that it is made of', () => {
    expect(new Slots(1e7).forBytes(1000)).toBe(1)
  })
})

describe('what a task has of its own', () => {
  it('is nothing where it asks for what all do', () => {
    const common = { ...getRequest, body: 'x'.repeat(100) }
    expect(ownBytes(common, common, null)).toBe(0)
    expect(ownBytes(common, common, { meta: '12345', timeoutMs: null, retries: null })).toBe(5)
    const withHeader = { ...common, headers: [['a', 'bc']] as const }
    expect(ownBytes(withHeader, common, null)).toBe(3)
    const own = { method: 'POST', headers: [['a', 'bc']] as const, body: new Uint8Array(10) }
    expect(ownBytes(own, common, { meta: null, timeoutMs: 1, retries: null })).toBe(13)
  })
})
