// Which format a list has, where that was left to us: by extension, else by its first line that is not blank.

import { extname } from 'node:path'
import type { SourceFormat } from './format.js'

/** The formats to choose from; the first that claims a list has it, `fallback` where none does. */
export interface FormatChoice {
  readonly formats: readonly SourceFormat[]
  readonly fallback: SourceFormat
}

export interface ChosenList {
  readonly format: SourceFormat
  /** The list from its beginning. */
  readonly chunks: AsyncIterable<Buffer>
}

/** A first line is judged by so much of it. */
const maxPeekedBytes = 65_536

/** Reads on until the format is clear. `path` is undefined for standard input. */
export async function chooseFormat(
  { formats, fallback }: FormatChoice,
  path: string | undefined,
  chunks: AsyncGenerator<Buffer, void, undefined>,
): Promise<ChosenList> {
  const extension = path === undefined ? '' : extname(path).toLowerCase()
  const byExtension = formats.find((format) => format.extensions.includes(extension))
  if (byExtension !== undefined) return { format: byExtension, chunks }

  const held: Buffer[] = []
  const line = await readFirstLine(chunks, held)
  const byFirstLine = formats.find((format) => format.matches?.(line) === true)
  return { format: byFirstLine ?? fallback, chunks: resumed(held, chunks) }
}

/** What was read of the list is in `held` then, but for white space at its beginning. */
async function readFirstLine(chunks: AsyncGenerator<Buffer, void, undefined>, held: Buffer[]): Promise<string> {
  let length = 0
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    held.push(next.value)
    length += next.value.length
    const isLineEnd = next.value.includes('\n') || next.value.includes('\r')
    if (!isLineEnd && length < maxPeekedBytes) continue
    const text = Buffer.concat(held).toString('utf8', 0, maxPeekedBytes).trimStart()
    const end = text.search(/[\r\n]/)
    if (end !== -1) return text.slice(0, end).trimEnd()
    if (text !== '' && length >= maxPeekedBytes) return text
    // A list may begin with any amount of white space, which is of no format.
    if (text === '') held.length = length = 0
  }
  return Buffer.concat(held).toString().trim()
}

async function* resumed(held: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield* held
  yield* rest
}
