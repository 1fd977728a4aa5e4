// Options of bodies: what is kept of responses beyond what every record says, and how much may come.

import { parseSize } from '../../core/units.js'
import { nonEmpty, oneOf, optional, size, text } from '../readers.js'
import type { OptionGroup } from './group.js'

/** In a record each of its bytes may be six characters: the line has to be one that can be read again, of 64 MiB at most. */
const mostIncluded = 10 * 2 ** 20
const includedSize = text('a size such as 65536, 500kB or 10MiB, which is the most', (value) => {
  const bytes = parseSize(value)
  return bytes !== undefined && bytes <= mostIncluded ? bytes : undefined
})

const included = text('headers, body, or both with a comma between them', (value) => {
  const wanted = value.split(',').map((name) => name.trim())
  if (wanted.some((name) => name !== 'headers' && name !== 'body')) return undefined
  return { headers: wanted.includes('headers'), body: wanted.includes('body') }
})

export const bodiesOptions = {
  group: 'Bodies',
  rows: [
    {
      flags: '--save <dir>',
      meaning: 'save the body of every URL that is ok as a file of this folder (nowhere)',
      inShort: 'save bodies as files of this folder',
    },
    {
      flags: '--warc <file>',
      meaning: 'archive every request and response in this WARC file, packed where its name ends in .gz (nowhere)',
      inShort: 'archive every response in this WARC file',
    },
    { flags: '--hash <sha256>', meaning: 'tell the hash of every whole body, decoded (none)' },
    {
      flags: '--include <headers,body>',
      meaning: "put the last response's headers into the record, or its body, or both (neither)",
      inShort: 'headers, body, or both, into the record',
    },
    {
      flags: '--include-limit <size>',
      meaning: 'how much of a body stands in its record, 10MiB at most',
      default: '64KiB',
    },
    {
      flags: '--max-size <size>',
      meaning: 'largest body, as received and decoded: 500kB, 10MB, 1GiB',
      default: '100MiB',
    },
  ],
  readers: {
    save: optional(nonEmpty),
    warc: optional(nonEmpty),
    hash: optional(oneOf('sha256')),
    include: optional(included),
    includeLimit: includedSize,
    maxSize: size,
  },
} as const satisfies OptionGroup
