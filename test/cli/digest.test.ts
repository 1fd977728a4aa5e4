import { describe, expect, it } from 'vitest'
import { saltedDigest } from '../../src/cli/digest.js'

describe('the digest of a run', () => {
  it('is the same for the same text, and another for another', () => {
    const digest = saltedDigest()
    expect(digest('a')).toBe(digest('a'))
    expect(digest('a')).not.toBe(digest('b'))
    expect(digest('a').length).toBeGreaterThanOrEqual(12)
  })

  it('is another in another run', () => {
    expect(saltedDigest()('a')).not.toBe(saltedDigest()('a'))
  })
})
