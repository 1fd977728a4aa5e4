import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { type Random, seed, seededRandom } from '../support/random.js'
import { makeFailure, makeResult, randomResult, tableRows, terminalOf, unprintable } from './support.js'

describe('table', () => {
  it('has one header and one row per URL', async () => {
    const results = [
      makeResult({ fetch_ms: 12.4, body_bytes: 1256 }),
      makeFailure({ url: 'https://example.org/x', error_type: 'http_status', status_code: 404, fetch_ms: 1240 }),
    ]
    expect(await tableRows(results, terminalOf(80))).toEqual([
      'STATUS      TIME     SIZE  URL',
      '200         12ms   1.3 kB  https://www.example.com/',
      '404        1.24s      0 B  https://example.org/x',
    ])
  })

  it('says nothing where there is no record', async () => {
    expect(await tableRows([], terminalOf(80))).toEqual([])
  })

  it('follows a terminal that is resized', async () => {
    const widths = [120, 60, 90]
    const terminal = { columns: () => widths.shift() ?? 0 }
    const result = makeResult({ url: `https://example.com/${'x'.repeat(500)}` })
    const lines = await tableRows([result, result, result], { terminal })
    expect(lines.slice(1).map((line) => stringWidth(line))).toEqual([120, 60, 90])
  })

  it('takes a terminal that does not know its size for 80 columns wide', async () => {
    const result = makeResult({ url: `https://example.com/${'x'.repeat(500)}` })
    const [, row] = await tableRows([result], terminalOf(0))
    expect(stringWidth(row ?? '')).toBe(80)
  })

  it('colours by verdict, and only where colour is wanted', async () => {
    const results = [makeResult(), makeResult({ redirects: 1 }), makeFailure()]
    const [, ok, redirected, failed] = await tableRows(results, terminalOf(80, true))
    expect(ok).toContain('\u001b[32m200\u001b[39m')
    expect(redirected).toContain('\u001b[33m200\u001b[39m')
    expect(failed).toContain('\u001b[31mconnect\u001b[39m')
    expect((await tableRows(results, terminalOf(80))).join('')).not.toContain('\u001b')
    expect((await tableRows(results)).join('')).not.toContain('\u001b')
  })

  it('never writes more than the terminal is wide, nor a character that it would obey', async () => {
    const random = seededRandom(seed)
    for (let columns = 40; columns <= 200; columns++) {
      const results = Array.from({ length: 4 }, () => randomRow(random))
      for (const options of [
        terminalOf(columns),
        terminalOf(columns, true),
        { ...terminalOf(columns), fields: randomFields(random) },
      ]) {
        for (const line of await tableRows(results, options)) {
          const what = `SEED=${seed}, ${columns} columns: ${JSON.stringify(line)}`
          expect(stringWidth(line), what).toBeLessThanOrEqual(columns)
          // oxlint-disable-next-line no-control-regex
          expect(unprintable.test(line.replaceAll(/\u001b\[\d+m/g, '')), what).toBe(false)
        }
      }
    }
  })
})

function randomRow(random: Random) {
  const result = randomResult(random)
  const paths = ['例え', 'ページ', 'a', 'long-name', '😀', '%20', 'ﾊﾟ', 'e\u0301']
  const path = Array.from({ length: random.below(30) }, () => random.pick(paths)).join('/')
  if (random.below(2) === 0)
    result.url = `https://${random.pick(['例え.jp', 'example.com', `${'a'.repeat(60)}.org`])}/${path}`
  if (random.below(2) === 0) result.final_url = `http://other.example/${path}`
  return result
}

function randomFields(random: Random) {
  const fields = ['id', 'url', 'host', 'ok', 'error_message', 'content_type', 'fetch_ms', 'final_url'] as const
  return fields.filter(() => random.below(2) === 0)
}
