import { expect, it } from 'vitest'
import { tellIfSlow } from '../../src/cli/tell-if-slow.js'
import { VirtualClock } from '../support/virtual-clock.js'

function start(clock: VirtualClock, act: () => Promise<string>) {
  let said = 0
  const done = tellIfSlow(act, { say: () => said++, clock })
  return { done, said: () => said }
}

it('says once what takes longer than a second', async () => {
  const clock = new VirtualClock()
  let finish = (_value: string): void => {}
  const { done, said } = start(clock, () => new Promise((resolve) => (finish = resolve)))
  await clock.advance(999)
  expect(said()).toBe(0)
  await clock.advance(60_000)
  expect(said()).toBe(1)
  finish('made')
  expect(await done).toBe('made')
})

it.each([
  ['is done', async () => 'made', 'made'],
  ['fails', async () => Promise.reject(new Error('broken')), 'Error: broken'],
])('says nothing of what %s before, and leaves no timer', async (_how, act, expected) => {
  const clock = new VirtualClock()
  const { done, said } = start(clock, act)
  expect(await done.catch(String)).toBe(expected)
  await clock.advance(60_000)
  expect([said(), clock.timers]).toEqual([0, 0])
})
