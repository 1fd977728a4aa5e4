// Options of the verdict: what counts as ok, and what the exit code says.

import { parsePattern } from '../pattern.js'
import { flag, integer, list, optional, text } from '../readers.js'
import { parseStatuses } from '../statuses.js'
import type { OptionGroup } from './group.js'

const failures = text('a number such as 5, or a share of the URLs such as 2%', (value) => {
  const match = /^(\d{1,15})(\.\d+)?(%)?$/.exec(value)
  if (!match || (match[2] && !match[3])) return undefined
  const amount = Number(match[1]) + Number(match[2] ?? 0)
  if (match[3]) return amount <= 100 ? { percent: amount } : undefined
  return { count: amount }
})

export const verdictOptions = {
  group: 'Verdict',
  rows: [
    {
      flags: '--accept <statuses>',
      meaning: 'which statuses count as ok: 200-299,404',
      default: '200-399',
      inShort: 'which statuses count as ok',
    },
    {
      flags: '--match <regex>',
      repeats: true,
      meaning:
        "what the body of an accepted response must have, as a JavaScript regular expression: word, '/word/i' (anything)",
      inShort: 'what a body must have to be ok: word, /word/i',
    },
    { flags: '--expect-json', meaning: 'the body of an accepted response must be JSON' },
    {
      flags: '--max-failures <n|n%>',
      meaning: 'exit 0 while failures do not exceed this',
      default: '0',
      inShort: 'exit 0 while failures do not exceed this',
    },
    { flags: '--fail-fast [=n]', meaning: 'end the run at the n-th failure (off; n is 1)' },
  ],
  readers: {
    accept: text('statuses such as 200-299,404 or 2xx', parseStatuses),
    match: list(parsePattern),
    expectJson: flag,
    maxFailures: failures,
    failFast: optional(integer(1, 1_000_000_000)),
  },
} as const satisfies OptionGroup
