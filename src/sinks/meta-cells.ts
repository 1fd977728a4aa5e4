// The caller's own data in cells of their own, as the list had them.

import { type PathText, partReader } from '../core/field-path.js'
import type { FetchResult, JsonText } from '../types.js'

/** C0 but for tab and line ends, and C1: what a terminal would act on. */
// eslint-disable-next-line no-control-regex
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)/g

/**
 * One for each name; empty where there is no such member. Unlike what a server sent they stand as they are, line breaks and all, so that
 * what reads the table finds the keys that the list had; only what could act on a terminal is shown as `\uXXXX`.
 */
export function metaCells(meta: JsonText | undefined, names: readonly string[]): string[] {
  const members: unknown = meta === undefined ? null : JSON.parse(meta.json)
  return names.map((name) => {
    const value = isObject(members) && Object.hasOwn(members, name) ? members[name] : null
    if (value === null || value === undefined) return ''
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return asListed(text)
  })
}

/** Reads the cell of a part of it, by its path: the same text. */
export function metaReader(path: PathText): (result: FetchResult) => string {
  const read = partReader(path)
  return (result) => {
    const json = read(result)
    if (json === null || json === 'null') return ''
    return asListed(json.startsWith('"') ? String(JSON.parse(json)) : json)
  }
}

/** Text of a list, for a cell. */
export function asListed(text: string): string {
  return text.replace(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
