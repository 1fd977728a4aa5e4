// What --url has to be.

import { describe, expect, it } from 'vitest'
import { withRows } from '../../src/cli/row-options.js'

const request = { method: 'GET', headers: [], body: null }
const common = { request, bodyRequest: { ...request, method: 'POST' }, defaultScheme: 'https' } as const

describe('withRows', () => {
  it.each([
    'https://a.test/{id}',
    'a.test/{id}',
    'https://{x}.a.test:8080/',
    '{url}',
    '{base}/x',
    'https://a.test:{port}/',
    'https://a.test/',
  ])('takes %s for the URL of rows', (url) => {
    expect(withRows(common, { url, urlColumn: 'url' }).row?.url?.text).toBe(url)
  })

  it.each([
    ['htp://a.test/{id}', 'scheme htp: is not supported: http and https are'],
    ['/users/{id}', 'the URL has no host'],
    ['https://u:secret@[x]/{id}', 'not a valid URL'],
  ])('refuses %s, and shows no password', (url, reason) => {
    const refused = () => withRows(common, { url, urlColumn: 'url' }, { url: 'POOLFETCH_URL' })
    expect(refused).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(reason) }))
    expect(refused).toThrow(/^POOLFETCH_URL must be a URL with \{name\} where the value of a row goes, got "/)
    expect(refused).not.toThrow(/secret/)
  })

  it('has no URL where none is given', () => {
    expect(withRows(common, { urlColumn: 'link' }).row).toMatchObject({ url: null, urlColumn: 'link', fault: null })
  })
})
