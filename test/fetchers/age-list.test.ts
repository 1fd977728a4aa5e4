// The order of what was added.

import { expect, it } from 'vitest'
import { AgeList, type AgeLinks } from '../../src/fetchers/age-list.js'
import { seed, seededRandom } from '../support/random.js'

class Member implements AgeLinks<Member> {
  older: Member | null = null
  younger: Member | null = null
}

it('does what a Set in insertion order does', () => {
  const random = seededRandom(seed)
  const members = Array.from({ length: 8 }, () => new Member())
  const list = new AgeList<Member>()
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
    expect(list.oldest, `SEED=${seed}`).toBe([...expected][0] ?? null)
    expect(list.size, `SEED=${seed}`).toBe(expected.size)
    for (const one of members) expect(list.has(one), `SEED=${seed}`).toBe(expected.has(one))
  }
})
