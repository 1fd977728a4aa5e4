// The values of a row, by name: cells of a table, or members of a JSON object.

import { memberText } from './json-text.js'
import type { RowValues } from './placeholders.js'

/** RFC 8259 §3 and §6: what stands in a document without quotes. `007` does not. */
const bareJson = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/

/** `columns` has the place of each. An empty cell is null in JSON, what JSON writes without quotes is that, all else is a string. */
export function cellValues(columns: ReadonlyMap<string, number>, cells: readonly string[]): RowValues {
  const text = (name: string): string | undefined => {
    const index = columns.get(name)
    return index === undefined ? undefined : cells[index]
  }
  const json = (name: string): string | undefined => {
    const cell = text(name)
    if (cell === undefined || bareJson.test(cell)) return cell
    return cell === '' ? 'null' : JSON.stringify(cell)
  }
  return { text, json }
}

/**
 * Of valid JSON; what is no object has none. A name is that of a member, or a path through members (`user.id`). As text a string is what
 * it means, null is empty, and all else is as it is written.
 */
export function memberValues(object: string): RowValues {
  const json = (name: string): string | undefined => valueAt(object, name)
  const text = (name: string): string | undefined => {
    const value = json(name)
    if (value === undefined) return undefined
    if (value.startsWith('"')) return String(JSON.parse(value))
    return value === 'null' ? '' : value
  }
  return { text, json }
}

/** A member of that very name comes first, and a shorter first step before a longer. */
function valueAt(json: string, path: string): string | undefined {
  if (!json.startsWith('{')) return undefined
  const member = memberText(json, path)
  if (member !== undefined) return member
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const found = valueAt(memberText(json, path.slice(0, dot)) ?? '', path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}
