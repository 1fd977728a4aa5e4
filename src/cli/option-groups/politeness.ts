// Options of politeness: how hard hosts may be pressed.

import { flag, integer, list, nonEmpty, optional, rate, type Reader, Rejection } from '../readers.js'
import { type HostSettings, parseHostRule, shownRule } from '../host-rules.js'
import type { OptionGroup } from './group.js'

/** What is refused is not shown as a whole: there may be a header in it, and that is a secret. */
const hostRule: Reader<HostSettings> = (value) => {
  const given = String(value)
  const rule = parseHostRule(given)
  if (rule !== undefined) return rule
  throw new Rejection(
    `must be a host with its limits or a header, such as 'api.example.com: rate=5/s, per-host=2', '*.example.com: rate=60/m' or 'api.example.com: header=X-Key: abc', got ${JSON.stringify(shownRule(given))}`,
  )
}

export const politenessOptions = {
  group: 'Politeness',
  rows: [
    {
      flags: '-r, --rate <rate>',
      meaning: 'requests to each host, evenly spaced: 10/s, 600/m, 5000/h (no limit)',
      inShort: 'requests to each host: 10/s, 600/m, 5000/h',
    },
    {
      flags: '--per-host <n>',
      meaning: 'requests to each host at a time (as many as workers)',
      inShort: 'requests to each host at a time',
    },
    { flags: '--global-rate <rate>', meaning: 'requests to all hosts together (no limit)' },
    {
      flags: '--host <rule>',
      meaning:
        "limits and headers of some hosts: 'api.example.com: rate=5/s, per-host=2, header=Name: value'; *.example.com is all below it",
      repeats: true,
    },
    {
      flags: '--no-adaptive',
      meaning: 'do not slow down for a host that answers 429 or 503, or tells its limit',
    },
    {
      flags: '--receipt <file>',
      meaning: 'what was observed per host beside its limits, as JSON (none)',
    },
  ],
  readers: {
    rate: optional(rate),
    perHost: optional(integer(1, 10_000)),
    globalRate: optional(rate),
    host: list(hostRule),
    adaptive: flag,
    receipt: optional(nonEmpty),
  },
} as const satisfies OptionGroup
