// A request body with places for values, which are written as the kind of the body has it.

import type { Failure } from '../types.js'
import {
  hasLoneSurrogate,
  isLiteral,
  missing,
  type Part,
  parsePlaceholders,
  placeholderNames,
  type RowValues,
  unfit,
} from './placeholders.js'

export type BodyKind = 'json' | 'form' | 'text'

export interface BodyTemplate {
  readonly kind: BodyKind
  readonly names: readonly string[]
  readonly fill: (values: RowValues) => string | Failure
}

type Write = (values: RowValues, name: string) => string | Failure
type Piece = string | { readonly name: string; readonly write: Write }

/**
 * Null where the text stands as it is. The kind is that of `contentType`; where that is null, a text that begins as JSON does
 * is JSON, and any other a form.
 */
export function parseBodyTemplate(text: string, contentType: string | null): BodyTemplate | null {
  const parts = parsePlaceholders(text)
  const names = placeholderNames(parts)
  if (isLiteral(parts, text)) return null
  const kind = contentType === null ? kindOf(parts) : kindOfType(contentType)
  const pieces = kind === 'json' ? jsonPieces(parts) : piecesOf(parts, kind === 'form' ? writeForm : writeText)
  return { kind, names, fill: (values) => fill(pieces, values) }
}

/** Whether rows make a valid document of a JSON template, whatever they say: a value may be of any kind where it is no string's part. */
export function isSound({ kind, fill: fillIn }: BodyTemplate): boolean {
  return kind !== 'json' || ['0', '""'].every((json) => isJson(fillIn({ text: () => '', json: () => json })))
}

function isJson(text: string | Failure): boolean {
  try {
    JSON.parse(typeof text === 'string' ? text : '')
    return true
  } catch {
    return false
  }
}

/** `{name}={value}` begins with a place, and is a form; a place alone is a document. */
function kindOf(parts: readonly Part[]): BodyKind {
  const [first] = parts
  if (typeof first === 'string') return /^\s*[{[]/.test(first) ? 'json' : 'form'
  return parts.length === 1 ? 'json' : 'form'
}

function kindOfType(contentType: string): BodyKind {
  const [type = ''] = contentType.toLowerCase().split(';')
  // RFC 6839 §3.1: `application/problem+json` is JSON.
  if (/^[^/]+\/(?:[^/]*\+)?json\s*$/.test(type)) return 'json'
  return type.trim() === 'application/x-www-form-urlencoded' ? 'form' : 'text'
}

function fill(pieces: readonly Piece[], values: RowValues): string | Failure {
  let body = ''
  for (const piece of pieces) {
    const filled = typeof piece === 'string' ? piece : piece.write(values, piece.name)
    if (typeof filled !== 'string') return filled
    body += filled
  }
  return body
}

function piecesOf(parts: readonly Part[], write: Write): Piece[] {
  return parts.map((part) => (typeof part === 'string' ? part : { ...part, write }))
}

/** A place within a string of the document is a part of that string. */
function jsonPieces(parts: readonly Part[]): Piece[] {
  let isInString = false
  return parts.map((part) => {
    if (typeof part !== 'string') return { ...part, write: isInString ? writeInString : writeJson }
    for (const [mark] of part.matchAll(/\\.|"/gs)) if (mark === '"') isInString = !isInString
    return part
  })
}

const writeJson: Write = (values, name) => values.json(name) ?? missing(name)

const writeInString: Write = (values, name) => {
  const text = values.text(name)
  return text === undefined ? missing(name) : JSON.stringify(text).slice(1, -1)
}

const writeText: Write = (values, name) => {
  const text = values.text(name)
  if (text === undefined) return missing(name)
  return hasLoneSurrogate(text) ? unfit(name, 'is no valid Unicode') : text
}

/** URL standard, application/x-www-form-urlencoded percent-encode set. */
const writeForm: Write = (values, name) => {
  const text = writeText(values, name)
  if (typeof text !== 'string') return text
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
