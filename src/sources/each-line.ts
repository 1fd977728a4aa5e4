// What a format makes of each line: formats whose entries are single lines differ in that alone.

import { type LinePlace, noPlace } from '../core/task.js'
import type { SourceItem } from '../types.js'
import type { ParseContext, Splitter } from './format.js'
import type { Line, LineSplitter } from './text.js'

export class EachLine<Made> implements Splitter<Made> {
  readonly #splitter: LineSplitter
  readonly #make: (line: Line) => Made | null

  /** @param make null where nothing is to be made of the line */
  constructor(splitter: LineSplitter, make: (line: Line) => Made | null) {
    this.#splitter = splitter
    this.#make = make
  }

  push(bytes: Buffer, offset: number): Generator<Made, void, undefined> {
    return this.#made(this.#splitter.push(bytes, offset))
  }

  end(): Generator<Made, void, undefined> {
    return this.#made(this.#splitter.end())
  }

  *#made(found: Iterable<Line>): Generator<Made, void, undefined> {
    for (const line of found) {
      const made = this.#make(line)
      if (made !== null) yield made
    }
  }
}

/** `place` is where the line stands, until the next line comes: tasks copy what is in it. */
export type MakeItem = (id: number, line: Line, place: LinePlace, context: ParseContext) => SourceItem

/** Every line takes an id; an item is made of those that are not skipped. `list` is as for the format's `parse`. */
export function itemOfEach(make: MakeItem, context: ParseContext, list: number): (line: Line) => SourceItem | null {
  const { takeId, isSkipped } = context
  const place = { ...noPlace, list }
  return (line) => {
    const id = takeId()
    if (isSkipped(id)) return null
    if (list < 0) return make(id, line, noPlace, context)
    place.start = line.offset + line.start
    place.end = line.offset + line.end
    return make(id, line, place, context)
  }
}
