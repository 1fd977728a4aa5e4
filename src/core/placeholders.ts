// `{name}` in the text of an option: where a row of a list puts its value.

import type { Failure } from '../types.js'

export interface Placeholder {
  readonly name: string
}

export type Part = string | Placeholder

/** The values of one row, by name; undefined where it has none of that name. */
export interface RowValues {
  /** As text: what a cell says, what a JSON string means. */
  text(name: string): string | undefined
  /** As a JSON value, in the digits in which the list has it. */
  json(name: string): string | undefined
}

/**
 * A name has no brace and no quote in it, and no white space at either end: what JSON and most other texts have in braces is none.
 * `{{name}}` stands for the text `{name}`.
 */
const marker = /\{\{([^{}"\p{Cc}]+)\}\}|\{(?!\s)([^{}"\p{Cc}]+)(?<!\s)\}/gu

/** The text in parts: what stands as it is, and the places between. */
export function parsePlaceholders(text: string): Part[] {
  const parts: Part[] = []
  let literal = ''
  let from = 0
  for (const match of text.matchAll(marker)) {
    const [whole, doubled, name = ''] = match
    literal += text.slice(from, match.index)
    from = match.index + whole.length
    if (doubled !== undefined) {
      literal += `{${doubled}}`
      continue
    }
    if (literal !== '') parts.push(literal)
    parts.push({ name })
    literal = ''
  }
  literal += text.slice(from)
  return literal === '' ? parts : [...parts, literal]
}

/** Whether the text says what it says. */
export function isLiteral(parts: readonly Part[], text: string): boolean {
  return parts.length <= 1 && (parts[0] ?? '') === text
}

export function placeholderNames(parts: readonly Part[]): string[] {
  return [...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])))]
}

/** The row has no such value: with rows of JSON each may have others. */
export function missing(name: string): Failure {
  return { type: 'invalid_request', code: 'VALUE_MISSING', message: `the row has no ${JSON.stringify(name)}` }
}

/** The value cannot stand where it is to stand. */
export function unfit(name: string, reason: string): Failure {
  return { type: 'invalid_request', code: 'VALUE_UNFIT', message: `the value of ${JSON.stringify(name)} ${reason}` }
}

/** UTF-16 that is no text: it has no bytes. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Cs}/u.test(text)
}
