// What a list format is: how bytes become tasks.

import type { TaskTemplate } from '../core/task.js'
import type { SourceItem } from '../types.js'

export interface SourceFormat {
  /** One line for the option's help. */
  readonly help: string
  /** With the dot, in lower case. */
  readonly extensions: readonly string[]
  /** Whether this line, the first that is not blank, is of this format. Asked where the extension says nothing. */
  readonly matches?: (firstLine: string) => boolean
  /** Makes the items of one list. */
  parse(context: ParseContext): Splitter<SourceItem>
  /** Finds the same entries without making items of them: what is counted. */
  entries(): Splitter<unknown>
}

/** What the lists of a run share. */
export interface ParseContext {
  readonly template: TaskTemplate
  /** Ms since the epoch. */
  readonly wallNow: () => number
  /** Ids go on from list to list. */
  readonly takeId: () => number
}

/** Cuts bytes into entries. What `push` returns is used up before the next chunk comes. */
export interface Splitter<Entry> {
  push(chunk: Buffer): Iterable<Entry>
  /** What the last bytes left, where no line end followed them. */
  end(): Iterable<Entry>
}
