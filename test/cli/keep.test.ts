// Which fields records have beyond the usual ones.

import { describe, expect, it } from 'vitest'
import { checkKeptFields, keptFields } from '../../src/cli/keep.js'
import { UsageError } from '../../src/core/errors.js'
import type { Field } from '../../src/sinks/format.js'
import { optInFields } from '../../src/core/record.js'

const none = { save: undefined, hash: undefined, include: undefined }
const all = { save: 'out', hash: 'sha256', include: { headers: true, body: true } } as const

describe('the fields that are kept', () => {
  it('are those that were asked for, in the order of the record', () => {
    expect(keptFields(none)).toEqual([])
    expect(keptFields({ ...none, include: { headers: false, body: true } })).toEqual([
      'body',
      'body_encoding',
      'body_truncated',
    ])
    expect(keptFields(all)).toEqual(optInFields.filter((field) => field !== 'duplicate_of'))
  })
})

describe('--fields', () => {
  it.each([
    ['sha256', '--hash sha256'],
    ['file', '--save DIR'],
    ['headers', '--include headers'],
    ['body', '--include body'],
    ['body_encoding', '--include body'],
    ['body_truncated', '--include body'],
  ] as const)('with %s needs %s', (field, option) => {
    const fields: Field[] = ['id', field]
    expect(() => checkKeptFields({ ...none, fields })).toThrow(UsageError)
    expect(() => checkKeptFields({ ...none, fields })).toThrow(`--fields ${field}: no record has it without ${option}`)
    expect(() => checkKeptFields({ ...all, fields })).not.toThrow()
  })

  it('may name any other field', () => {
    expect(() => checkKeptFields({ ...none, fields: ['id', 'duplicate_of'] })).not.toThrow()
    expect(() => checkKeptFields({ ...none, fields: undefined })).not.toThrow()
  })
})
