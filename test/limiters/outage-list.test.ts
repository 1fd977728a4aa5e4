import { expect, it } from 'vitest'
import { Outage } from '../../src/limiters/outage.js'
import { OutageList } from '../../src/limiters/outage-list.js'

const outageOf = (host: string, since: number) =>
  new Outage(host, { type: 'dns', code: 'ENOTFOUND', message: 'x' }, since, { breakerMs: 10_000, random: () => 0 })

it('lists the hosts that were given up, and what became of them', () => {
  const list = new OutageList()
  const [a, b] = [outageOf('a', 5), outageOf('b', 7)]
  list.givenUp(a)
  list.givenUp(b)
  b.acquire(10)
  b.ended({ type: 'dns', code: 'ENOTFOUND', message: 'x' }, 10, 0, 20)
  list.tried(b, false)
  list.tried(a, true)
  list.tried(outageOf('never', 0), true)
  expect(list.listed).toEqual([
    { host: 'a', failures: 1, sinceMs: 5, isOver: true },
    { host: 'b', failures: 2, sinceMs: 7, isOver: false },
  ])
})

it('lists a hundred, and counts them all', () => {
  const list = new OutageList()
  for (let count = 0; count < 250; count++) list.givenUp(outageOf(`h${count}`, count))
  list.givenUp(outageOf('h3', 900))
  expect(list.listed).toHaveLength(100)
  expect(list.listed[3]).toMatchObject({ host: 'h3', sinceMs: 900 })
  expect(list.count).toBe(251)
})
