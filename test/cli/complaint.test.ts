import { describe, expect, it } from 'vitest'
import { complaint } from '../../src/cli/complaint.js'
import { InputError, SinkError, UsageError } from '../../src/core/errors.js'

describe('a complaint', () => {
  it.each([UsageError, InputError, SinkError])('is one line about what a person can mend (%o)', (Kind) => {
    expect(complaint(new Kind('cannot read x'))).toBe('poolfetch: cannot read x\n')
  })

  it('shows no control characters that came from a name', () => {
    expect(complaint(new InputError('cannot read a\u001b[2J\nb'))).toBe('poolfetch: cannot read a\\u001b[2J\\u000ab\n')
  })

  it('about a bug has the stack, and says what to do with it', () => {
    const text = complaint(new TypeError('x is not a function'))
    expect(text).toMatch(/^poolfetch: internal error, a bug in poolfetch: please report/)
    expect(text).toContain('TypeError: x is not a function\n')
    expect(text).toContain('    at ')
    expect(complaint('thrown text')).toContain('thrown text\n')
  })
})
