import { describe, expect, it } from 'vitest'
import { lineCheckOf } from '../../src/core/line-check.js'
import { seed } from '../support/random.js'

describe('the check of a line', () => {
  it('is of its body, where nothing else tells whose line it is', () => {
    expect(lineCheckOf({ meta: null, body: 'a' })).toMatch(/^[0-9a-f]{16}$/)
    expect(lineCheckOf({ meta: null, body: 'a' })).toBe(lineCheckOf({ meta: null, body: new Uint8Array([0x61]) }))
    expect(lineCheckOf({ meta: null, body: '' })).not.toBeNull()
    expect([lineCheckOf({ meta: null }), lineCheckOf({ meta: null, body: null })]).toEqual([null, null])
    expect(lineCheckOf({ meta: '1', body: 'a' })).toBeNull()
  })

  it(`tells 200,000 bodies that are nearly alike apart (seed ${seed})`, () => {
    const checks = new Set<string | null>()
    for (let n = 0; n < 200_000; n++) checks.add(lineCheckOf({ meta: null, body: `{"row":${seed + n},"x":"same"}` }))
    expect(checks.size).toBe(200_000)
    const halves = [...checks].map((check) => [check?.slice(0, 8), check?.slice(8)])
    // By chance 200,000 of 2^32 share a half about five times.
    for (const half of [0, 1]) expect(new Set(halves.map((each) => each[half])).size).toBeGreaterThan(199_950)
  })
})
