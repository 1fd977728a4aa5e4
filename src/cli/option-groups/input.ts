// Options of the lists: how they are read, and in which order.

import { sourceFormatNames, sourceFormats } from '../../sources/index.js'
import { flag, integer, nonEmpty, oneOf, optional } from '../readers.js'
import { helps, type OptionGroup } from './group.js'

export const inputOptions = {
  group: 'Input',
  rows: [
    {
      flags: `--input-format <${sourceFormatNames.join('|')}>`,
      meaning: `how a list is read; auto: by extension, else by its first line; ${helps(sourceFormats)}`,
      default: 'auto',
    },
    {
      flags: '--url <template>',
      meaning:
        'URL of every row of a csv or jsonl list, made of its values: https://example.com/users/{id}; they can stand in -H and -d as well',
    },
    { flags: '--url-column <name>', meaning: 'column of a csv list that has the URL', default: 'url' },
    {
      flags: '--default-scheme <http|https>',
      meaning: 'for a line without a scheme (example.com/x)',
      default: 'https',
    },
    {
      flags: '--dedupe',
      meaning: 'fetch each distinct request once; what repeats it gets a record that points to it',
    },
    {
      flags: '--shuffle [=seed]',
      meaning: 'in random order, the same for the same seed (off); the list is read to its end first',
    },
    {
      flags: '--dry-run',
      meaning: 'fetch nothing: say what the lists hold, and how long it takes at least',
    },
  ],
  readers: {
    inputFormat: oneOf(...sourceFormatNames),
    url: optional(nonEmpty),
    urlColumn: nonEmpty,
    defaultScheme: oneOf('http', 'https'),
    dedupe: flag,
    shuffle: optional(integer(0, 4_294_967_295)),
    dryRun: flag,
  },
} as const satisfies OptionGroup
