// Options of time: how long anything may take.

import { duration, optional } from '../readers.js'
import type { OptionGroup } from './group.js'

export const timeOptions = {
  group: 'Time',
  rows: [
    {
      flags: '-t, --timeout <duration>',
      meaning: "one attempt, from the request's start to its last body byte",
      default: '30s',
      inShort: 'for one attempt: 500ms, 30s, 5m',
    },
    { flags: '--connect-timeout <duration>', meaning: 'DNS, TCP and TLS together', default: '10s' },
    { flags: '--idle-timeout <duration>', meaning: 'no byte received for so long (no limit)' },
    { flags: '--deadline <duration>', meaning: 'the whole run (no limit)' },
    {
      flags: '--grace <duration>',
      meaning: 'after the first SIGINT, SIGTERM or SIGHUP, for what is under way',
      default: '10s',
    },
  ],
  readers: {
    timeout: duration,
    connectTimeout: duration,
    idleTimeout: optional(duration),
    deadline: optional(duration),
    grace: duration,
  },
} as const satisfies OptionGroup
