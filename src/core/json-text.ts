// A part of a JSON text, cut out as it stands: a number keeps its digits, and no value is built that nobody asked for.

import { escapeControls } from './printable.js'

/**
 * @param json valid JSON
 * @param path names of members, and numbers of elements from 0; `length` is how long an array or a string is
 * @returns JSON in one line; null where there is no such part
 */
export function partOf(json: string, path: readonly string[]): string | null {
  let start = skipSpace(json, 0)
  for (const [index, name] of path.entries()) {
    const found = memberStart(json, start, name)
    if (found === null) {
      const isLast = index === path.length - 1
      return isLast && name === 'length' ? lengthOf(json, start) : null
    }
    start = found
  }
  return compact(json, start, skipValue(json, start))
}

/** The value of a member of the object that `json` is, as it stands there; the last where there are several. */
export function memberText(json: string, name: string): string | undefined {
  const start = memberStart(json, skipSpace(json, 0), name)
  return start === null ? undefined : json.slice(start, skipValue(json, start))
}

/** The same JSON in one line, without characters that a terminal would act on. */
export function compactJson(json: string): string {
  return escapeControls(compact(json, 0, json.length))
}

/** Where a member's value begins, or an element; null where there is none. */
function memberStart(json: string, start: number, name: string): number | null {
  const opening = json[start]
  if (opening === '[') {
    return /^(?:0|[1-9]\d{0,8})$/.test(name) ? elementStart(json, start, Number(name)) : null
  }
  if (opening !== '{') return null
  const quoted = JSON.stringify(name)
  let found: number | null = null
  for (const { keyStart, valueStart } of entries(json, start)) {
    const key = json.slice(keyStart, skipString(json, keyStart))
    // Of several members of a name the last holds, as JSON.parse has it.
    if (key === quoted || (key.includes('\\') && JSON.parse(key) === name)) found = valueStart
  }
  return found
}

function elementStart(json: string, start: number, wanted: number): number | null {
  let index = 0
  for (const { valueStart } of entries(json, start)) {
    if (index === wanted) return valueStart
    index++
  }
  return null
}

function lengthOf(json: string, start: number): string | null {
  if (json[start] === '"') return String(String(JSON.parse(json.slice(start, skipString(json, start)))).length)
  if (json[start] !== '[') return null
  let length = 0
  for (const _ of entries(json, start)) length++
  return String(length)
}

interface Entry {
  /** Of an element it is where its value begins. */
  readonly keyStart: number
  readonly valueStart: number
}

function* entries(json: string, start: number): Generator<Entry, void, undefined> {
  const isObject = json[start] === '{'
  let at = skipSpace(json, start + 1)
  while (at < json.length && json[at] !== '}' && json[at] !== ']') {
    const keyStart = at
    if (isObject) at = skipSpace(json, skipSpace(json, skipString(json, at)) + 1)
    yield { keyStart, valueStart: at }
    at = skipSpace(json, skipValue(json, at))
    if (json[at] === ',') at = skipSpace(json, at + 1)
  }
}

/** Behind the value that begins there. */
function skipValue(json: string, start: number): number {
  const opening = json[start]
  if (opening === '"') return skipString(json, start)
  if (opening !== '{' && opening !== '[') return nextOf(/[ \t\n\r,\]}]/g, json, start)
  const marks = /["[\]{}]/g
  let depth = 0
  for (let at = nextOf(marks, json, start); at < json.length; at = nextOf(marks, json, at)) {
    const mark = json[at]
    if (mark === '"') {
      at = skipString(json, at)
      continue
    }
    depth += mark === '{' || mark === '[' ? 1 : -1
    at++
    if (depth === 0) return at
  }
  return json.length
}

/** Behind the string whose quote stands there. */
export function skipString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end + 1
  }
  return json.length
}

/** RFC 8259 §2. */
export function skipSpace(json: string, start: number): number {
  let at = start
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at++
  return at
}

/** Without the space that stands outside of strings. */
function compact(json: string, start: number, end: number): string {
  const marks = /["\x20\t\n\r]/g
  const parts: string[] = []
  let from = start
  for (let at = nextOf(marks, json, start); at < end; at = nextOf(marks, json, at)) {
    if (json[at] === '"') {
      at = skipString(json, at)
      continue
    }
    parts.push(json.slice(from, at))
    at = skipSpace(json, at)
    from = at
  }
  parts.push(json.slice(from, end))
  return parts.join('')
}

/** Where the next of these characters stands; the text's end where there is none. */
function nextOf(characters: RegExp, text: string, start: number): number {
  characters.lastIndex = start
  return characters.exec(text)?.index ?? text.length
}
