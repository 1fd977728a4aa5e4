import { describe, expect, it } from 'vitest'
import { packOutcome, unpackOutcome } from '../../src/core/outcome.js'
import { recordSchema } from '../../src/record-schema.js'

describe('an outcome in 16 bits', () => {
  const errorTypes = [null, ...recordSchema.shape.error_type.unwrap().options]

  it.each(errorTypes)('reads back, with whatever status: %s', (errorType) => {
    for (const statusCode of [null, 100, 200, 404, 999]) {
      const bits = packOutcome({ statusCode, errorType })
      expect(bits).toBeGreaterThan(0)
      expect(bits).toBeLessThan(2 ** 16)
      expect(unpackOutcome(bits)).toEqual({ statusCode, errorType })
    }
  })

  it('is different for every type', () => {
    expect(new Set(errorTypes.map((errorType) => packOutcome({ statusCode: 200, errorType }))).size).toBe(
      errorTypes.length,
    )
  })

  it('is not known where the bits are 0', () => {
    expect(unpackOutcome(0)).toBe(null)
  })
})
