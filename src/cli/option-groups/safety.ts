// Options of safety: where requests may go.

import { flag } from '../readers.js'
import type { OptionGroup } from './group.js'

export const safetyOptions = {
  group: 'Safety',
  rows: [
    {
      flags: '--public-only',
      meaning: 'refuse addresses that are not public, whatever names or redirects lead there; --resolve is exempt',
    },
    {
      flags: '--allow-private-redirects',
      meaning: 'follow redirects from public addresses to private ones, which are refused otherwise',
    },
  ],
  readers: {
    publicOnly: flag,
    allowPrivateRedirects: flag,
  },
} as const satisfies OptionGroup
