import { describe, expect, it } from 'vitest'
import { parseStatuses } from '../../src/cli/statuses.js'

/** The statuses from 100 to 999 that are accepted, as ranges. */
function accepted(text: string): string {
  const accept = parseStatuses(text)
  if (!accept) throw new Error(`${text} was refused`)
  const ranges: [number, number][] = []
  for (let status = 100; status < 1000; status++) {
    if (!accept(status)) continue
    const last = ranges.at(-1)
    if (last && last[1] === status - 1) last[1] = status
    else ranges.push([status, status])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

describe('parseStatuses', () => {
  it.each([
    ['200', '200'],
    ['200-399', '200-399'],
    ['200-299,404', '200-299,404'],
    ['404,200-299', '200-299,404'],
    ['2xx', '200-299'],
    ['2XX,5xx', '200-299,500-599'],
    [' 200 , 204 ', '200,204'],
    ['200-200', '200'],
    ['100-999', '100-999'],
  ])('reads %s', (text, expected) => {
    expect(accepted(text)).toBe(expected)
  })

  it.each([
    '',
    ',',
    '200,',
    '20',
    '2000',
    '300-200',
    '200-',
    '-200',
    '200–299',
    '0xx',
    '2x',
    'ok',
    '099',
    '200 299',
    '*',
  ])('refuses "%s"', (text) => {
    expect(parseStatuses(text)).toBeUndefined()
  })
})
