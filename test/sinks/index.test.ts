import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.js'
import { sinkFormats } from '../../src/sinks/index.js'
import { formatResults, makeFailure, makeResult } from './support.js'

describe('createSink', () => {
  const results = [makeResult({ id: 1 }), makeFailure({ id: 2 }), makeResult({ id: 3 })]

  it('has jsonl, table and csv, each with a line of help', () => {
    expect(Object.keys(sinkFormats)).toEqual(['jsonl', 'table', 'csv'])
    for (const { help } of Object.values(sinkFormats)) expect(help).toMatch(/^[^\n]+$/)
  })

  it('names the choices where a format does not exist', async () => {
    const attempt = formatResults('toString', [])
    await expect(attempt).rejects.toThrow(new UsageError('--format must be jsonl, table, csv, got "toString"'))
  })

  it.each(Object.keys(sinkFormats))('%s shows only ok, only failed, or all', async (format) => {
    const shown = async (only: 'ok' | 'failed' | null) => {
      const { lines } = await formatResults(format, results, { only, fields: ['id'] })
      return lines.flatMap((line) => /\d/.exec(line)?.map(Number) ?? [])
    }
    expect(await shown('ok')).toEqual([1, 3])
    expect(await shown('failed')).toEqual([2])
    expect(await shown(null)).toEqual([1, 2, 3])
  })

  it('shows only what changed, where that is known', async () => {
    const changes = ['new', 'same', 'changed', 'gone', 'recovered', null] as const
    const labelled = [...changes.map((change, index) => makeResult({ id: index + 1, change })), makeResult({ id: 7 })]
    const { lines } = await formatResults('jsonl', labelled, { only: 'changed', fields: ['id'] })
    expect(lines).toEqual([1, 3, 4, 5].map((id) => `{"id":${id}}`))
  })

  it.each(Object.keys(sinkFormats))('%s closes its output', async (format) => {
    expect((await formatResults(format, results, { only: 'ok' })).isClosed).toBe(true)
  })
})
