// The hosts that were given up, for people to read: lines of the summary.

import { formatCount } from '../core/units.js'
import type { OutageReport } from '../types.js'
import type { Fit } from './fit.js'
import type { Palette } from './palette.js'

export interface OutageLook {
  readonly columns: number
  readonly fit: Fit
  readonly palette: Palette
}

const hostsShown = 5

/** The first of them; how many there were besides. */
export function outageText({ hosts, count }: OutageReport, { columns, fit, palette }: OutageLook): string[] {
  const shown = hosts.slice(0, hostsShown).map(({ host, failures, isOver }) => {
    const what = ` after ${formatCount(failures)} failed attempts${isOver ? ', back since' : ''}`
    return fit(host, Math.max(1, columns - labelWidth - what.length)) + what
  })
  const more = hosts.length > hostsShown || count > hosts.length
  if (more) shown.push(`${formatCount(count)} times in all`)
  return shown.map((text, index) => (index === 0 ? 'given up' : '').padEnd(labelWidth) + palette.odd(text))
}

const labelWidth = 9
