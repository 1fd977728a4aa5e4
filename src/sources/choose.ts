// Which format a list has, where that was left to us: by extension, else by its first line that is not blank.

import { extname } from 'node:path'
import type { TaskTemplate } from '../core/task.js'
import type { LazyFormat, ListFormat, Piece, SourceFormat } from './format.js'
import { isBlank } from './text.js'

/** The formats to choose from; the first that claims a list has it, `fallback` where none does. */
export interface FormatChoice {
  readonly formats: readonly (SourceFormat | LazyFormat)[]
  readonly fallback: SourceFormat | LazyFormat
  /** What a list is to be read for. */
  readonly template: TaskTemplate
}

export interface ChosenList {
  readonly format: ListFormat
  /** The list, but for white space at its beginning. */
  readonly pieces: AsyncIterable<Piece>
}

/** A first line is judged by so much of it. */
const maxPeekedBytes = 65_536

/** Reads on until the format is clear. `path` is undefined for standard input. */
export async function chooseFormat(
  choice: FormatChoice,
  path: string | undefined,
  pieces: AsyncGenerator<Piece, void, undefined>,
): Promise<ChosenList> {
  const known = knownFormat(choice, path)
  if (known !== undefined) return { format: await loaded(known), pieces }

  const { formats, fallback, template } = choice
  const held: Piece[] = []
  const line = await readFirstLine(pieces, held)
  const byFirstLine = formats.find((format) => format.matches?.(line, template) === true)
  return { format: await loaded(byFirstLine ?? fallback), pieces: resumed(held, pieces) }
}

/** The format of a list that need not be read for it. */
export function knownFormat(
  { formats, fallback }: FormatChoice,
  path: string | undefined,
): SourceFormat | LazyFormat | undefined {
  if (formats.length === 0) return fallback
  const extension = path === undefined ? '' : extname(path).toLowerCase()
  return formats.find((format) => format.extensions.includes(extension))
}

async function loaded(format: SourceFormat | LazyFormat): Promise<ListFormat> {
  return 'load' in format ? format.load() : format
}

/** What was read of the list is in `held` then, but for white space at its beginning. */
async function readFirstLine(pieces: AsyncGenerator<Piece, void, undefined>, held: Piece[]): Promise<string> {
  let length = 0
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    const { bytes } = next.value
    held.push(next.value)
    length += bytes.length
    const isLineEnd = bytes.includes('\n') || bytes.includes('\r')
    if (!isLineEnd && length < maxPeekedBytes) continue
    const text = joined(held).toString('utf8', 0, maxPeekedBytes).trimStart()
    const end = text.search(/[\r\n]/)
    if (end !== -1) return text.slice(0, end).trimEnd()
    // A list may begin with any amount of white space, which is of no format.
    if (held.every((piece) => piece.bytes.every(isBlank))) held.length = length = 0
    else if (length >= maxPeekedBytes) return text
  }
  return joined(held).toString().trim()
}

function joined(pieces: readonly Piece[]): Buffer {
  return Buffer.concat(pieces.map(({ bytes }) => bytes))
}

async function* resumed(held: readonly Piece[], rest: AsyncIterable<Piece>): AsyncGenerator<Piece, void, undefined> {
  yield* held
  yield* rest
}
