// Options of the request: what is sent with every URL.

import { methodName } from '../../core/request-syntax.js'
import { anyText, integer, list, nonEmpty, optional, text } from '../readers.js'
import type { OptionGroup } from './group.js'

export const requestOptions = {
  group: 'Request',
  rows: [
    { flags: '-X, --method <method>', meaning: 'request method (GET, or POST with --data)', inShort: 'request method' },
    {
      flags: '-H, --header <header>',
      meaning:
        "'Name: value', sent to the listed origins only; @file reads them from a file, one a line; {name} is a row's value with csv and jsonl lists",
      repeats: true,
      inShort: "'Name: value', or @file",
    },
    {
      flags: '-u, --user <user:password>',
      meaning:
        'Basic authentication at the listed origins, for URLs without a user of their own; @file reads it from a file',
    },
    { flags: '--bearer <token>', meaning: 'likewise, Authorization: Bearer TOKEN; @file reads it from a file' },
    {
      flags: '--cookie-jar <file>',
      meaning:
        'keep cookies in this file (Netscape format): read at the start, sent where they belong, written back (no cookies)',
    },
    {
      flags: '-d, --data <data>',
      meaning:
        "request body; @file reads it from a file, without its line ends; several are joined with &; {name} is a row's value with csv and jsonl lists, escaped as JSON or a form has it",
      repeats: true,
      inShort: 'request body, or @file',
    },
    { flags: '-A, --user-agent <name>', meaning: 'User-Agent (poolfetch/VERSION)' },
    {
      flags: '--max-redirects <n>',
      meaning: 'hops to follow; 0 returns the redirect itself',
      default: '10',
    },
  ],
  readers: {
    method: optional(text('a method name such as GET or POST', methodName)),
    header: list(nonEmpty),
    user: optional(anyText),
    bearer: optional(anyText),
    cookieJar: optional(text('a file name', (value) => (value === '' || value === '-' ? undefined : value))),
    data: optional(list(anyText)),
    // A field is sent as bytes: what is not ASCII goes out as UTF-8.
    userAgent: optional(
      text('a text of visible characters', (value) =>
        // eslint-disable-next-line no-control-regex
        /^[^\x00-\x1f\x7f-\x9f]+$/.test(value) ? Buffer.from(value).toString('latin1') : undefined,
      ),
    ),
    maxRedirects: integer(0, 100),
  },
} as const satisfies OptionGroup
