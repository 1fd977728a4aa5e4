import { describe, expect, it } from 'vitest'
import { internalError } from '../../src/core/internal-error.js'

describe('internalError', () => {
  it('is the attempt of a task that an error of our own cut off, with no response', () => {
    const attempt = internalError(new TypeError('x is not a function'), 12, 34)
    expect(attempt).toMatchObject({ startedAt: 12, wallTime: 34, statusCode: null, stale: false, exhausted: false })
    expect(attempt.failure).toEqual({
      type: 'aborted',
      code: 'INTERNAL',
      message: 'internal error: x is not a function',
    })
  })

  it('says what was thrown where that is no Error', () => {
    expect(internalError('a text', 0, 0).failure?.message).toBe('internal error: a text')
    expect(internalError(undefined, 0, 0).failure?.message).toBe('internal error: undefined')
  })

  it('is told in one line, also where the error has many', () => {
    const error = new Error('Expected values to be equal:\n\n1 !== 2\n')
    expect(internalError(error, 0, 0).failure?.message).not.toMatch(/[\r\n]/)
  })
})
