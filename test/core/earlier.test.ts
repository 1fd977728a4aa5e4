import { describe, expect, it } from 'vitest'
import { countEarlier, nothingEarlier } from '../../src/core/earlier.js'
import type { Outcome } from '../../src/core/outcome.js'

const outcomes: readonly Outcome[] = [
  { statusCode: 200, errorType: null },
  { statusCode: 404, errorType: 'http_status' },
  { statusCode: 500, errorType: 'http_status' },
  { statusCode: null, errorType: 'timeout' },
  { statusCode: null, errorType: 'aborted' },
]

describe('what earlier runs did', () => {
  it('is counted, failures by their type', () => {
    const { done, failures } = countEarlier(outcomes, ({ errorType }) => errorType !== 'aborted')
    expect(done).toBe(4)
    expect([...failures]).toEqual([
      ['http_status', 2],
      ['timeout', 1],
    ])
  })

  it('does not count where it is done again', () => {
    const { done, failures } = countEarlier(outcomes, ({ errorType }) => errorType === null)
    expect(done).toBe(1)
    expect(failures.size).toBe(0)
  })

  it('is nothing where there was no run', () => {
    expect(countEarlier([], () => true)).toEqual(nothingEarlier)
  })
})
