// What makes a sink: the port that each format implements once.

import type { FieldName } from '../core/field-path.js'
import type { FetchRecord } from '../record-schema.js'
import type { FetchResult, Sink } from '../types.js'
import type { Output } from './output.js'

export type Field = keyof FetchRecord

/** Which records are shown; `changed` are those that say so, and not `same`. */
export type Only = 'ok' | 'failed' | 'changed'

export interface SinkOptions {
  readonly output: Output
  /** The fields to show, in this order; null is the format's own choice. */
  readonly fields: readonly FieldName[] | null
  /** Fields that were asked for beside those that every record has: null where a record has nothing to say. None if left out. */
  readonly optIns?: readonly Field[]
  /**
   * The members that every record's `meta` has, where that is known; null where it may be anything. Asked when the first record comes. No
   * record has one if left out.
   */
  readonly metaNames?: () => readonly string[] | null
  /** The records to show; null is all. */
  readonly only: Only | null
  /** The terminal that a person reads the output on; null where it is none. */
  readonly terminal: Terminal | null
  /** Whether what is meant for people is coloured. */
  readonly color: boolean
  /** No cell is a formula where a spreadsheet opens it. Left out, cells are as they are. */
  readonly guardFormulas?: boolean
}

export interface Terminal {
  /** How wide it is now. */
  columns: () => number
}

export interface SinkFormat {
  /** One line for the help. */
  readonly help: string
  create(options: SinkOptions): Promise<Sink>
}

/** Turns records into lines, for a terminal that may be resized between two of them. */
export interface RowFormat {
  header(columns: number): string
  /** One or more whole lines without the last newline. */
  row(result: FetchResult, columns: number): string
}
