// The order of idle connections.

import { expect, it } from 'vitest'
import { IdleList, type IdleLinks } from '../../src/fetchers/idle-list.js'
import { seed, seededRandom } from '../support/random.js'

class Member implements IdleLinks<Member> {
  longerIdle: Member | null = null
  shorterIdle: Member | null = null
}

it('does what a Set in insertion order does', () => {
  const random = seededRandom(seed)
  const members = Array.from({ length: 8 }, () => new Member())
  const list = new IdleList<Member>()
  const expected = new Set<Member>()
  for (let step = 0; step < 2000; step++) {
    const member = random.pick(members)
    if (expected.has(member)) {
      expect(list.remove(member), `SEED=${seed}`).toBe(expected.delete(member))
    } else {
      expect(list.remove(member), `SEED=${seed}`).toBe(false)
      list.add(member)
      expected.add(member)
    }
    expect(list.longest, `SEED=${seed}`).toBe([...expected][0] ?? null)
    expect(list.size, `SEED=${seed}`).toBe(expected.size)
    for (const one of members) expect(list.has(one), `SEED=${seed}`).toBe(expected.has(one))
  }
})
