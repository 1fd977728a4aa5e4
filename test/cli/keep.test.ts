// Which fields records have beyond the usual ones.

import { describe, expect, it } from 'vitest'
import { checkKeptFields, keptFields, mostKeptBytes, readOptions } from '../../src/cli/keep.js'
import { UsageError } from '../../src/core/errors.js'
import type { Field } from '../../src/sinks/format.js'
import { optInFields } from '../../src/core/record.js'

const none = { save: undefined, hash: undefined, include: undefined, since: undefined, state: undefined }
const all = {
  ...none,
  save: 'out',
  hash: 'sha256',
  include: { headers: true, body: true },
  since: 'earlier.jsonl',
} as const

describe('the fields that are kept', () => {
  it('are those that were asked for, in the order of the record', () => {
    expect(keptFields(none)).toEqual([])
    expect(keptFields({ ...none, include: { headers: false, body: true } })).toEqual([
      'body',
      'body_encoding',
      'body_truncated',
    ])
    expect(keptFields(all)).toEqual(
      optInFields.filter((field) => !['duplicate_of', 'line_check', 'meta'].includes(field)),
    )
  })
})

describe('--fields', () => {
  it.each([
    ['change', '--since FILE or --state FILE'],
    ['etag', '--since FILE or --state FILE'],
    ['last_modified', '--since FILE or --state FILE'],
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

describe('what bodies are read for', () => {
  const nothing = { match: [], expectJson: false, fields: undefined }

  it('is nothing unless something asks for it', () => {
    expect(readOptions(nothing)).toBeNull()
    expect(readOptions({ ...nothing, fields: ['id', 'headers.etag', 'meta.x'] })).toBeNull()
  })

  it('is what they have to be, and the parts that fields name', () => {
    expect(readOptions({ ...nothing, match: [/x/] })).toEqual({ rules: { patterns: [/x/], isJson: false }, paths: [] })
    expect(readOptions({ ...nothing, expectJson: true })?.rules).toEqual({ patterns: [], isJson: true })
    expect(readOptions({ ...nothing, fields: ['id', 'body.a'] })).toMatchObject({
      rules: null,
      paths: [{ text: 'body.a' }],
    })
  })

  it('counts for how many records may wait', () => {
    const include = { headers: true, body: true }
    expect(mostKeptBytes({ include: undefined, includeLimit: 5, fields: ['id', 'headers.a'] })).toBe(0)
    expect(mostKeptBytes({ include, includeLimit: 5, fields: undefined })).toBe(5)
    expect(mostKeptBytes({ include, includeLimit: 5, fields: ['body.a', 'body.b'] })).toBe(10 * 2 ** 20 + 5)
  })
})
