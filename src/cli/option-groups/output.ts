// Options of the output: where records go, and what stands in them.

import { errorTypes, isErrorType } from '../../core/outcome.js'
import { type FieldName, isPathText, parseFieldPath, pathRoots } from '../../core/field-path.js'
import { selectableFields } from '../../core/record.js'
import { fsyncModes } from '../../sinks/disk-sync.js'
import { sinkFormats } from '../../sinks/index.js'
import { flag, nonEmpty, oneOf, optional, Rejection, text } from '../readers.js'
import { helps, names, type OptionGroup } from './group.js'

const fields = text(
  `names out of ${selectableFields.join(', ')}, or paths such as headers.etag and body.items.0.id, with commas between them`,
  (value) => {
    const wanted = value.split(',').map((name) => name.trim())
    const known = wanted.flatMap((name) => fieldNamed(name) ?? [])
    return known.length === wanted.length ? known : undefined
  },
)

function fieldNamed(name: string): FieldName | undefined {
  if (!isPathText(name)) return selectableFields.find((field) => field === name)
  if (parseFieldPath(name) !== null) return name
  const first = selectableFields.find((field) => field === name.split('.', 1)[0])
  if (first === undefined || pathRoots.some((root) => root === first)) return undefined
  throw new Rejection(`${name}: ${first} has no parts, ${pathRoots.join(', ')} have`)
}

const failureTypes = text(`types of failures out of ${errorTypes.join(', ')}, or all`, (value) => {
  if (value === 'all') return errorTypes
  const wanted = value.split(',').map((name) => name.trim())
  return wanted.every(isErrorType) ? wanted : undefined
})

export const outputOptions = {
  group: 'Output',
  rows: [
    {
      flags: '-o, --output <file>',
      meaning: 'where the records go (standard output)',
      inShort: 'where the records go',
    },
    { flags: '--overwrite', meaning: 'replace an output file or an archive that is not empty, and saved bodies' },
    {
      flags: '--resume',
      meaning: 'go on with the output of an earlier run of the same list: what has a record there is not fetched again',
      inShort: 'go on where an earlier run of the list ended',
    },
    {
      flags: '--retry-failed [=types]',
      meaning: '--resume, and fetch again what failed: all, or these: timeout,dns,http_status',
    },
    {
      flags: `--fsync <${names(fsyncModes)}>`,
      meaning: `when the output file is brought to the disk; ${Object.entries(fsyncModes)
        .map(([mode, help]) => `${mode}: ${help}`)
        .join('; ')}`,
      default: 'interval',
    },
    {
      flags: `-f, --format <${names(sinkFormats)}>`,
      meaning: `${helps(sinkFormats)} (jsonl; table on a terminal)`,
      inShort: 'how records look',
    },
    {
      flags: '--fields <a,b,...>',
      meaning:
        'only these fields of the record, in this order, or parts of headers, JSON bodies and meta: url,headers.etag,body.items.0.id (all)',
      inShort: 'only these fields of the record',
    },
    {
      flags: '--csv-safe',
      meaning: 'for --format csv: an apostrophe before what a spreadsheet would run as a formula',
    },
    {
      flags: '--only <ok|failed|changed>',
      meaning: 'only these records (all); changed: whatever is not the same since the earlier run',
      inShort: 'only these records',
    },
    {
      flags: '--since <file>',
      meaning:
        'say what changed since the run whose records these are; what did not is not transferred where the server can tell',
    },
    {
      flags: '--state <file>',
      meaning: '--since a file that is kept for that: at the end it has the records of this run',
      inShort: 'say what changed since the last run',
    },
  ],
  readers: {
    output: optional(nonEmpty),
    overwrite: flag,
    resume: flag,
    retryFailed: optional(failureTypes),
    fsync: oneOf('always', 'interval', 'never'),
    format: optional(oneOf(...Object.keys(sinkFormats))),
    fields: optional(fields),
    csvSafe: flag,
    only: optional(oneOf('ok', 'failed', 'changed')),
    since: optional(nonEmpty),
    state: optional(nonEmpty),
  },
} as const satisfies OptionGroup
