// What a list format is: how bytes become tasks.

import type { LineIdentity } from '../core/finished.js'
import type { TaskTemplate } from '../core/task.js'
import type { SourceItem } from '../types.js'

/** By what a format is chosen. */
interface FormatEntry {
  /** One line for the option's help. */
  readonly help: string
  /** With the dot, in lower case. */
  readonly extensions: readonly string[]
  /** Whether this line, the first that is not blank, is of this format. Asked where the extension says nothing. */
  readonly matches?: (firstLine: string, template: TaskTemplate) => boolean
}

/**
 * How lists of a format are read. An entry is whole lines, white space around it aside, and its bytes say all of it, but for what the
 * beginning of the list says of all: parsed alone, they make the same item again.
 */
export interface ListFormat {
  /** An entry has values that stand for the placeholders of a template. */
  readonly hasRows?: true
  /**
   * Where all entries have the same members in their `meta`, as the beginning of the list says: gives their names, once. Fails with InputError
   * where the list cannot be read by its beginning. `name` is that of the list, as shown: here as in what follows.
   */
  metaNames?(template: TaskTemplate, name: string): Splitter<readonly string[]>
  /** Makes the items of one list. Tasks are of list `list`, by its place among the lists; -1 where it cannot be read again. */
  parse(context: ParseContext, list: number, name: string): ItemSplitter
  /** What tells each entry from others, as its record has it, without making an item of it. */
  identities(template: TaskTemplate, name: string): Splitter<LineIdentity>
  /** Finds the same entries without making items of them: what is counted. */
  entries(template: TaskTemplate, name: string): Splitter<unknown>
}

export interface SourceFormat extends FormatEntry, ListFormat {}

/** What reads its lists takes more than most runs need: it is loaded with the first of them. */
export interface LazyFormat extends FormatEntry {
  load(): Promise<ListFormat>
}

/** What the lists of a run share. */
export interface ParseContext {
  readonly template: TaskTemplate
  /** Ms since the epoch. */
  readonly wallNow: () => number
  /** Ids go on from list to list. */
  readonly takeId: () => number
  /** Entries with these ids are passed over: no item is made of them. */
  readonly isSkipped: (id: number) => boolean
}

/** Bytes of a list that follow each other, and where in the list they begin. */
export interface Piece {
  readonly bytes: Buffer
  readonly offset: number
}

/** Cuts bytes into entries. What `push` returns is used up before the next piece comes. */
export interface Splitter<Entry> {
  /** `offset` is where the bytes begin in the list. */
  push(bytes: Buffer, offset: number): Iterable<Entry>
  /** What the last bytes left, where no line end followed them. */
  end(): Iterable<Entry>
}

export interface ItemSplitter extends Splitter<SourceItem> {
  /** In place of the format's own `parse`, for entries of the list that this has read: where its beginning says what they mean. */
  readonly again?: ListFormat['parse']
}
