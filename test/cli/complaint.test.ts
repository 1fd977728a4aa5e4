import { describe, expect, it } from 'vitest'
import { complaint } from '../../src/cli/complaint.js'
import { InputError, OutputError, SinkError, UsageError } from '../../src/core/errors.js'

describe('a complaint', () => {
  it.each([UsageError, InputError, SinkError])('is one line about what a person can mend (%o)', (Kind) => {
    expect(complaint(new Kind('cannot read x'))).toBe('poolfetch: cannot read x\n')
  })

  it('shows no control characters that came from a name', () => {
    expect(complaint(new InputError('cannot read a\u001b[2J\nb'))).toBe('poolfetch: cannot read a\\u001b[2J\\u000ab\n')
  })

  it('shows no password, and no value of a parameter that looks like a key', () => {
    expect(complaint(new InputError('cannot read https://u:S@h/?token=S: no such file'))).toBe(
      'poolfetch: cannot read https://u:***@h/?token=***: no such file\n',
    )
  })

  it.each([
    [{ safe: 1234, lost: 0, isFile: true }, 0, '1,234 records of this run are safe in it'],
    [{ safe: 1, lost: 1, isFile: true }, 0, '1 record of this run is safe in it, 1 more was fetched and lost'],
    [{ safe: 0, lost: 7, isFile: true }, 5, '0 records of this run are safe in it, 12 more were fetched and lost'],
    [{ safe: 10, lost: 2, isFile: false }, 0, '10 records of this run are written, 2 more were fetched and lost'],
  ])('about an output says what became of the records: %j and %i', (records, lost, fate) => {
    const error = new OutputError('cannot write out.jsonl: no space left on device', records)
    expect(complaint(error, lost)).toBe(`poolfetch: cannot write out.jsonl: no space left on device; ${fate}\n`)
  })

  it('about a bug has the stack, and says what to do with it', () => {
    const text = complaint(new TypeError('x is not a function'))
    expect(text).toMatch(/^poolfetch: internal error, a bug in poolfetch: please report/)
    expect(text).toContain('TypeError: x is not a function\n')
    expect(text).toContain('    at ')
    expect(text).toMatch(/\npoolfetch \d+\.\d+\.\d+, Node v\d.*\n$/)
    expect(complaint('thrown text')).toContain('thrown text\n')
  })
})
