// Options of politeness: how hard hosts may be pressed.

import { flag, integer, list, nonEmpty, optional, rate, text } from '../readers.js'
import { parseHostRule } from '../host-rules.js'
import type { OptionGroup } from './group.js'

const hostRule = text(
  "a host with its limits, such as 'api.example.com: rate=5/s, per-host=2' or '*.example.com: rate=60/m'",
  parseHostRule,
)

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
      meaning: "limits of some hosts: 'api.example.com: rate=5/s, per-host=2'; *.example.com is all below it",
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
