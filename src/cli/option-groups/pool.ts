// Options of the pool: how much is under way at a time.

import { integer } from '../readers.js'
import type { OptionGroup } from './group.js'

export const poolOptions = {
  group: 'Pool',
  rows: [
    {
      flags: '-w, --workers <n>',
      meaning: 'requests under way at a time',
      default: '10',
      inShort: 'requests under way at a time',
    },
    { flags: '--buffer <n>', meaning: 'URLs held in memory at a time', default: '10000' },
  ],
  readers: {
    workers: integer(1, 10_000),
    buffer: integer(1, 10_000_000),
  },
} as const satisfies OptionGroup
