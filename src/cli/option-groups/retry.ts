// Options of retrying: what is tried again, and how often.

import { anyText, duration, flag, integer, optional, text, unlessOff } from '../readers.js'
import type { OptionGroup } from './group.js'

const share = text('a share such as 20%, of at most 100%', (value) => {
  const match = /^(\d{1,3}(?:\.\d+)?)%$/.exec(value)
  return match && Number(match[1]) <= 100 ? Number(match[1]) / 100 : undefined
})

export const retryOptions = {
  group: 'Retry',
  rows: [
    {
      flags: '--retries <n>',
      meaning: 'further attempts, for idempotent methods',
      default: '2',
      inShort: 'further attempts, for idempotent methods',
    },
    { flags: '--retry-unsafe', meaning: 'retry POST and PATCH, too' },
    {
      flags: '--idempotency-key [=name]',
      meaning:
        'send POST and PATCH with an Idempotency-Key, and retry them (off); the same list has the same keys, another name gives it others',
    },
    {
      flags: '--retry-budget <n%>',
      meaning: 'most retries, of all requests of the run, beyond the first 50',
      default: '20%',
    },
    {
      flags: '--breaker <duration>',
      meaning: 'give up a host that could not be reached for so long',
      default: '10s',
    },
    { flags: '--no-breaker', meaning: 'try every URL of a host that cannot be reached' },
    {
      flags: '--max-retry-after <duration>',
      meaning: 'a host that asks for a longer wait is not waited for',
      default: '2m',
    },
  ],
  readers: {
    retries: integer(0, 100),
    retryUnsafe: flag,
    idempotencyKey: optional(anyText),
    retryBudget: share,
    breaker: unlessOff(duration),
    maxRetryAfter: duration,
  },
} as const satisfies OptionGroup
