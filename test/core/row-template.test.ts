// A whole request of a row's values.

import { describe, expect, it } from 'vitest'
import { createRowTemplate } from '../../src/core/row-template.js'
import { cellValues } from '../../src/core/row-values.js'
import { seed, seededRandom } from '../support/random.js'
import type { HeaderList, RequestSpec } from '../../src/types.js'

const form: HeaderList[number] = ['content-type', 'application/x-www-form-urlencoded']

function templateOf(headers: HeaderList, body: string | Uint8Array | null, hasType = false) {
  const bodyRequest: RequestSpec = { method: 'POST', headers, body: null }
  const request =
    body === null ? bodyRequest : { ...bodyRequest, headers: hasType ? headers : [...headers, form], body }
  return { request, row: createRowTemplate({ request, bodyRequest }, { url: null, urlColumn: 'url' }) }
}

const values = cellValues(
  new Map([
    ['id', 0],
    ['name', 1],
  ]),
  ['7', 'Jé'],
)

describe('a row template', () => {
  it('sends the same object for all rows where there is no placeholder', () => {
    const { request, row } = templateOf([['X-A', 'b']], Buffer.from('{"a": 1}'))
    expect(row.request(values)).toBe(request)
    expect(row.names).toEqual([])
  })

  it('fills header fields, as bytes', () => {
    const { row } = templateOf(
      [
        ['X-Row', 'r{id}-{name}'],
        ['X-B', 'Ã©'],
      ],
      null,
    )
    expect(row.request(values)).toEqual({
      method: 'POST',
      headers: [
        ['X-Row', 'r7-JÃ©'],
        ['X-B', 'Ã©'],
      ],
      body: null,
    })
    expect(row.names).toEqual(['id', 'name'])
  })

  it.each(['a\nX-Evil: 1', 'a\r', '\u0000', '\u007f', '\ud800'])('refuses %j in a header field', (name) => {
    const { row } = templateOf([['X-Row', '{name}']], null)
    const made = row.request(cellValues(new Map([['name', 0]]), [name]))
    expect(made).toMatchObject({ type: 'invalid_request', code: 'VALUE_UNFIT' })
  })

  it(`brings any text to a server, or none of it (SEED=${seed})`, () => {
    const random = seededRandom(seed)
    const alphabet = Array.from(' \t\n\r\u0000\u001b\u007f\u0085:;,"a{}é😀')
    const { row } = templateOf([['X-Row', '<{name}>']], null)
    for (let round = 0; round < 2000; round++) {
      const name = Array.from({ length: random.below(5) }, () => random.pick(alphabet)).join('')
      const made = row.request(cellValues(new Map([['name', 0]]), [name]))
      const value = 'type' in made ? null : Buffer.from(made.headers[0]?.[1] ?? '', 'latin1').toString()
      const isRefused = ['\n', '\r', '\u0000', '\u001b', '\u007f'].some((control) => name.includes(control))
      expect(value, JSON.stringify(name)).toBe(isRefused ? null : `<${name}>`)
    }
  })

  it('leaves all else of the request as it is', () => {
    const request: RequestSpec = { method: 'PUT', headers: [], body: 'x={id}', authorization: 'Basic eDp5' }
    const row = createRowTemplate({ request }, { url: null, urlColumn: 'url' })
    expect(row.request(values)).toEqual({ ...request, body: 'x=7' })
  })

  it('sends JSON as JSON, unless a type was named', () => {
    const json = Buffer.from('{"id": {id}}')
    expect(templateOf([], json).row.request(values)).toMatchObject({
      headers: [['content-type', 'application/json']],
      body: '{"id": 7}',
    })
    const named: HeaderList = [['Content-Type', 'application/vnd.api+json']]
    expect(templateOf(named, json, true).row.request(values)).toMatchObject({ headers: named, body: '{"id": 7}' })
    expect(templateOf([], Buffer.from('a={name}')).row.request(values)).toMatchObject({
      headers: [form],
      body: 'a=J%C3%A9',
    })
  })

  it('leaves bytes alone that are no text', () => {
    const { request, row } = templateOf([], Buffer.from([0x7b, 0xff, 0x7b, 0x69, 0x64, 0x7d]))
    expect(row.request(values)).toBe(request)
  })
})
