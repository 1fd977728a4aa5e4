import { describe, expect, it } from 'vitest'
import { makeFailure, makeResult, tableRows, terminalOf } from './support.js'

describe('table rows for people', () => {
  it('puts the reason behind a URL that failed, or below it where there is no room', async () => {
    const failure = makeFailure({
      url: 'http://127.0.0.1:1/',
      error_message: 'connection refused by 127.0.0.1:1',
      attempts: 3,
      fetch_ms: 1,
    })
    expect((await tableRows([failure], terminalOf(100))).slice(1)).toEqual([
      'connect      1ms        -  http://127.0.0.1:1/  connection refused by 127.0.0.1:1 (3 attempts)',
    ])
    expect((await tableRows([failure], terminalOf(80))).slice(1)).toEqual([
      'connect      1ms        -  http://127.0.0.1:1/',
      '  └ connection refused by 127.0.0.1:1 (3 attempts)',
    ])
  })

  it('does not say a status twice, but what the host asked for', async () => {
    const failure = { url: 'https://a.example/', error_type: 'http_status', status_code: 429 } as const
    const results = [
      makeFailure({ ...failure, error_message: 'status 429' }),
      makeFailure({ ...failure, error_message: 'status 429: the host asks to come back in 1h00m' }),
    ]
    const [, first, second] = await tableRows(results, terminalOf(120))
    expect(first).toMatch(/https:\/\/a\.example\/$/)
    expect(second).toMatch(/https:\/\/a\.example\/ {2}the host asks to come back in 1h00m$/)
  })

  it('says what changed since an earlier run, and nothing of what did not', async () => {
    const changed = { url: 'http://a.test/', fetch_ms: 1, change: 'changed' } as const
    const target = { redirects: 1, final_url: 'http://b.test/a/long/way/from/home' }
    const [, ...rows] = await tableRows(
      [
        makeResult(changed),
        makeResult({ ...changed, change: 'same' }),
        makeResult({ ...changed, ...target }),
        makeFailure({ ...changed, change: 'gone', error_message: 'connection refused' }),
      ],
      terminalOf(80),
    )
    expect(rows.map((row) => row.replace(/^.*http:\/\/a\.test\//, ''))).toEqual([
      '  changed',
      '',
      '  changed → b.test/a/long/way/from/home',
      '  gone connection refused',
    ])
  })

  it('says which URL another repeats, with no time and no size of its own', async () => {
    const repeated = { url: 'http://a.test/', attempts: 0, final_url: null, fetch_ms: 0, duplicate_of: 17 }
    const failure = { ...repeated, status_code: 404, error_type: 'http_status' } as const
    const results = [makeResult(repeated), makeFailure({ ...failure, error_message: 'as URL 17, which it repeats' })]
    expect((await tableRows(results, terminalOf(80))).slice(1)).toEqual([
      '200            -        -  http://a.test/  as URL 17',
      '404            -        -  http://a.test/  as URL 17, which it repeats',
    ])
  })

  it('has no time and no size for a line that was no URL', async () => {
    const failure = makeFailure({
      url: 'ftp://x',
      error_type: 'invalid_url',
      error_message: 'no',
      attempts: 0,
      fetch_ms: 0,
    })
    const request = { ...failure, error_type: 'invalid_request' } as const
    expect((await tableRows([failure, request], terminalOf(80))).slice(1)).toEqual([
      'invalid_url    -        -  ftp://x  no',
      'invalid_request         -  ftp://x  no',
    ])
  })

  it('shows where a redirect led if that is another host', async () => {
    const moved = { url: 'http://example.com/', redirects: 1 }
    const [, away, inside] = await tableRows(
      [
        makeResult({ ...moved, final_url: 'https://www.example.com/' }),
        makeResult({ ...moved, final_url: 'http://example.com/new' }),
      ],
      terminalOf(80),
    )
    expect(away).toMatch(/http:\/\/example\.com\/ {2}→ https:\/\/www\.example\.com\/$/)
    expect(inside).toMatch(/http:\/\/example\.com\/$/)
  })

  it('shortens where a redirect led, and leaves it out where there is hardly any room', async () => {
    const final = 'https://www.example.com/a/rather/long/path/to/the/new/page.html'
    const [, shortened, without] = await tableRows(
      [
        makeResult({ url: 'http://example.com/', redirects: 1, final_url: final }),
        makeResult({ url: 'http://example.com/another/page.html', redirects: 1, final_url: final }),
      ],
      terminalOf(80),
    )
    expect(shortened).toMatch(/ {2}→ www\.example\.com\/….*page\.html$/)
    expect(shortened?.length).toBe(80)
    expect(without).toMatch(/\/another\/page\.html$/)
  })

  it('escapes what a server sent, wherever it is shown', async () => {
    const results = [
      makeResult({ url: 'http://a.example/\u202e', redirects: 1, final_url: 'http://b.example/\u202e' }),
      makeFailure({ error_message: 'bad header \u001b[2J' }),
    ]
    const [, redirected, failed] = await tableRows(results)
    expect(redirected).toMatch(/http:\/\/a\.example\/\\u202e {2}→ http:\/\/b\.example\/\\u202e$/)
    expect(failed).toMatch(/bad header \\u001b\[2J$/)
  })

  it('leaves out the middle of a long URL on a terminal and nothing elsewhere', async () => {
    const url = `https://cdn.example.com/${'folder/'.repeat(20)}picture.jpeg`
    expect((await tableRows([makeResult({ url })], terminalOf(80)))[1]).toMatch(
      / https:\/\/cdn\.example\.com\/….*\/picture\.jpeg$/,
    )
    expect((await tableRows([makeResult({ url })]))[1]).toContain(url)
  })
})
