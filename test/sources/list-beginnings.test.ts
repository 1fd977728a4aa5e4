// The beginnings of lists, where a format says nothing or all at once.

import { describe, expect, it } from 'vitest'
import { sourceFormats } from '../../src/sources/index.js'
import { ListBeginnings } from '../../src/sources/list-beginnings.js'
import { template, templateOf } from './reading.js'

const { lines, jsonl } = sourceFormats
const csv = await sourceFormats.csv.load()

describe('ListBeginnings', () => {
  it('knows the names of all lists when the last header row has come, however it comes', () => {
    const beginnings = new ListBeginnings(template, 2)
    expect(beginnings.of(0, lines, 'a').isOver(Buffer.from('x'), 0)).toBe(true)
    expect(beginnings.metaNames).toBeNull()
    const table = beginnings.of(1, csv, 'b')
    expect(table.isOver(Buffer.from('a,u'), 0)).toBe(false)
    expect(table.isOver(Buffer.from('rl,b'), 3)).toBe(false)
    table.end()
    expect(beginnings.metaNames).toEqual(['a', 'b'])
    expect(table.isOver(Buffer.from('noise'), 7)).toBe(true)
    expect(beginnings.of(1, csv, 'b').isOver(Buffer.from('"'), 0)).toBe(true)
  })

  it('does not know what lines of JSON have', () => {
    const beginnings = new ListBeginnings(template, 1)
    expect(beginnings.of(0, jsonl, 'a').isOver(Buffer.from('{}'), 0)).toBe(true)
    expect(beginnings.metaNames).toBeNull()
  })

  it('refuses --url without rows, and a body that would be no JSON with them', () => {
    const url = new ListBeginnings(templateOf({ url: 'https://a.test/{id}' }), 1)
    expect(() => url.of(0, lines, 'a')).toThrow(expect.objectContaining({ name: 'InputError' }))
    expect(() => url.of(0, jsonl, 'a')).not.toThrow()
    const body = new ListBeginnings(templateOf({ body: '{"id": {id}, }' }), 1)
    expect(() => body.of(0, jsonl, 'a')).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining('--data') }),
    )
    expect(() => body.of(0, lines, 'a')).not.toThrow()
  })
})
