// Paths into fields of a record that have parts: headers.etag, body.items.0.id, meta.user.

import type { FetchRecord } from '../record-schema.js'
import type { FetchResult } from '../types.js'
import { partOf } from './json-text.js'

/** Fields that have parts. Of a body they are picked where it is received (`FetchResult.picked`). */
export const pathRoots = ['headers', 'body', 'meta'] as const

export type PathText = `${string}.${string}`

/** What a column or a key of the output may be. */
export type FieldName = keyof FetchRecord | PathText

export interface FieldPath {
  /** As written. */
  readonly text: PathText
  readonly root: (typeof pathRoots)[number]
  readonly members: readonly string[]
}

export function isPathText(name: string): name is PathText {
  return name.includes('.')
}

/** Members have dots between them; `\.` is a dot within one. Null where a name is missing, or the first is of no field with parts. */
export function parseFieldPath(text: PathText): FieldPath | null {
  const [first, ...names] = text.split(/(?<!\\)\./)
  const root = pathRoots.find((name) => name === first)
  if (root === undefined || names.includes('')) return null
  const members = names.map((name) => name.replaceAll('\\.', '.'))
  // RFC 9110 §5.1: case does not count; the record has them in lower case.
  return { text, root, members: root === 'headers' ? members.map((name) => name.toLowerCase()) : members }
}

/** Those of the names that lead into this field. */
export function pathsInto(root: FieldPath['root'], names: readonly string[]): readonly FieldPath[] {
  const paths = names.map((name) => (isPathText(name) ? parseFieldPath(name) : null))
  return paths.filter((path) => path !== null).filter((path) => path.root === root)
}

/** Reads that part of a record, as JSON in one line; null where the record does not have it. */
export function partReader(path: PathText): (result: FetchResult) => string | null {
  const parsed = parseFieldPath(path)
  if (parsed === null) return () => null
  const { root, members, text } = parsed
  switch (root) {
    case 'body':
      return ({ picked }) => picked?.get(text) ?? null
    case 'headers':
      return ({ headers }) => (headers ? headerPart(headers, members) : null)
    case 'meta':
      return ({ meta }) => (meta === undefined ? null : partOf(meta.json, members))
  }
}

function headerPart(
  headers: NonNullable<FetchRecord['headers']>,
  [name = '', ...rest]: readonly string[],
): string | null {
  return Object.hasOwn(headers, name) ? partOf(JSON.stringify(headers[name]), rest) : null
}
