// Who is told of an abort.

import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { type Abortable, UnderWay } from '../../src/fetchers/under-way.js'

class Member implements Abortable {
  place = 0
  aborts = 0
  readonly #underWay: UnderWay
  readonly #signal: AbortSignal

  constructor(underWay: UnderWay, signal: AbortSignal) {
    this.#underWay = underWay
    this.#signal = signal
    underWay.add(this, signal)
  }

  leave(): void {
    this.#underWay.remove(this, this.#signal)
  }

  abort(): void {
    this.aborts += 1
    this.leave()
  }
}

it('aborts each that is still there once, in whatever order the others left', () => {
  const underWay = new UnderWay()
  const controller = new AbortController()
  const members = Array.from({ length: 7 }, () => new Member(underWay, controller.signal))
  for (const place of [3, 6, 0]) members[place]?.leave()
  controller.abort()
  expect(members.map(({ aborts }) => aborts)).toEqual([0, 1, 1, 0, 1, 1, 0])
})

it('keeps signals apart, and listens to none that nobody waits for', () => {
  const underWay = new UnderWay()
  const [one, two] = [new AbortController(), new AbortController()]
  const first = new Member(underWay, one.signal)
  const second = new Member(underWay, two.signal)
  one.abort()
  expect([first.aborts, second.aborts]).toEqual([1, 0])
  expect([one, two].map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual([0, 1])
  underWay.abortAll()
  expect(second.aborts).toBe(1)
  expect(getEventListeners(two.signal, 'abort')).toHaveLength(0)
})
