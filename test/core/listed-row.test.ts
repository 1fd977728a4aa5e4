// A row and the templates of a run.

import { describe, expect, it } from 'vitest'
import { filledTemplate, rowIdentity, rowItem } from '../../src/core/listed-row.js'
import { createRowTemplate } from '../../src/core/row-template.js'
import { cellValues } from '../../src/core/row-values.js'
import type { TaskTemplate } from '../../src/core/task.js'

function templateOf(url: string | null, body: string | null = null): TaskTemplate {
  const bodyRequest = { method: 'POST', headers: [], body: null }
  const request = { ...bodyRequest, body }
  const row = createRowTemplate({ request, bodyRequest }, { url, urlColumn: 'url' })
  return { request, bodyRequest, defaultScheme: 'https', row }
}

const row = (id: string) => ({
  values: cellValues(new Map([['id', 0]]), [id]),
  url: 'a.test/own',
  meta: `{"id":"${id}"}`,
})

describe('rowItem', () => {
  it('has the URL of the row, or that of the template', () => {
    expect(rowItem(1, row('7'), templateOf(null), 0)).toMatchObject({ kind: 'task', url: 'a.test/own' })
    const template = templateOf('https://a.test/{id}')
    expect(rowItem(1, row('7'), template, 0)).toMatchObject({
      kind: 'task',
      url: 'https://a.test/7',
      own: { meta: '{"id":"7"}' },
    })
  })

  it('is rejected by the same URL that it is known by', () => {
    for (const template of [templateOf('https://a.test/{id}'), templateOf(null, 'x={zip}')]) {
      const item = rowItem(1, row('..'), template, 0)
      expect(item).toMatchObject({ kind: 'rejected', ...rowIdentity(row('..'), template) })
    }
  })

  it('counts what the row brings along for the memory that it takes', () => {
    const bytesOf = (template: TaskTemplate) => {
      const item = rowItem(1, row('x'.repeat(1000)), template, 0)
      return item.kind === 'task' ? item.bytes : 0
    }
    const metaBytes = row('x'.repeat(1000)).meta.length
    expect(bytesOf(templateOf(null))).toBe(metaBytes)
    expect(bytesOf(templateOf(null, 'x={id}'))).toBe(metaBytes + 1002)
  })

  it('shares the request of rows that ask alike, as other lists do', () => {
    const template = templateOf(null, 'x={id}')
    const requests = ['1', '2', '1']
      .map((id) => rowItem(1, row(id), template, 0))
      .map((item) => item.kind === 'task' && item.request)
    expect(requests[0]).toBe(requests[2])
    expect(requests[0]).not.toEqual(requests[1])
  })
})

describe('filledTemplate', () => {
  it('is the template itself where nothing is to be filled in', () => {
    for (const template of [templateOf(null), templateOf('https://a.test/{id}', 'x=1')]) {
      expect(filledTemplate(template, row('7').values)).toBe(template)
    }
    const { row: _, ...plain } = templateOf(null)
    expect(filledTemplate(plain, row('7').values)).toBe(plain)
  })
})
