// One line of a JSON Lines list: what it asks for, or what is wrong with it. What headers and bodies hold is never part of a message.

import { brokenAt } from '../core/json-syntax.js'
import { compactJson, memberText } from '../core/json-text.js'
import type { ListedRequest } from '../core/listed-request.js'
import { escapeControls } from '../core/printable.js'
import { maskPassword } from '../core/target.js'
import { cutLine } from '../core/task.js'
import { longestTimerMs, parseDuration } from '../core/units.js'
import type { Failure, HeaderList } from '../types.js'

/** What is known of a line that is rejected: `url` is empty, and `meta` null, where there is none to be read. */
export interface BadLine {
  readonly url: string
  readonly meta: string | null
  readonly failure: Failure
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

const mostRetries = 100

/** Reads each member; throws a Refusal that says what it must be. */
const members: Readonly<Record<string, (value: unknown, into: Writable<ListedRequest>, line: string) => void>> = {
  url: (value, into) => {
    into.url = string('url', value, 'a string')
  },
  method: (value, into) => {
    into.method = string('method', value, 'a string')
  },
  headers: (value, into) => {
    into.headers = headerList(value)
  },
  body: (value, into, line) => {
    into.body = typeof value === 'string' ? value : value === null ? null : detached(memberText(line, 'body') ?? '')
    if (typeof value === 'string' && /\p{Cs}/u.test(value)) {
      throw refusal('body', 'text', 'a string that is none: body_base64 takes any bytes')
    }
    if (typeof value !== 'string') into.contentType = 'application/json'
  },
  body_base64: (value, into) => {
    into.body = bytesOf(string('body_base64', value, 'base64'))
  },
  meta: (_value, into, line) => {
    into.meta = metaOf(line)
  },
  timeout: (value, into) => {
    const accepted = 'a duration with its unit, such as "500ms", "30s" or "5m", of at most 24 days'
    const text = string('timeout', value, accepted)
    const ms = parseDuration(text)
    if (ms === undefined || ms <= 0 || ms > longestTimerMs) throw refusal('timeout', accepted, shown(text))
    into.timeoutMs = ms
  },
  retries: (value, into) => {
    const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostRetries
    if (!isCount) {
      const got = typeof value === 'number' ? `${value}` : typeOf(value)
      throw refusal('retries', `a whole number from 0 to ${mostRetries}`, got)
    }
    into.retries = value
  },
}

/** The object that a line is; of valid UTF-8, as all lines here. */
export function readObject(text: string): { readonly value: object } | { readonly failure: Failure } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { failure: syntaxFailure(text) }
  }
  if (isObject(value)) return { value }
  const message = `a line must be an object such as {"url":"..."}, got ${typeOf(value)}`
  return { failure: invalid('NOT_AN_OBJECT', message) }
}

export function readJsonLine(text: string): ListedRequest | BadLine {
  const read = readObject(text)
  if ('failure' in read) return { url: urlWithin(text), meta: null, failure: read.failure }
  const { value } = read
  try {
    return readMembers(value, text)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const meta = 'meta' in value ? metaOf(text) : null
    return { url: 'url' in value && typeof value.url === 'string' ? value.url : '', meta, failure: error.failure }
  }
}

/** A line of which only the beginning is known, or that is no text. */
export function badLine(text: string, failure: Failure): BadLine {
  return { url: urlWithin(text), meta: null, failure }
}

function readMembers(value: object, text: string): ListedRequest {
  const listed: Writable<ListedRequest> = { url: '', meta: null }
  const names = Object.keys(value)
  for (const name of names) {
    if (!Object.hasOwn(members, name)) {
      const advice = `a line has ${Object.keys(members).join(', ')}; data of your own goes into meta`
      throw new Refusal('UNKNOWN_MEMBER', `unknown member ${shown(name)}: ${advice}`)
    }
  }
  if (!('url' in value)) throw new Refusal('MISSING_URL', 'the line has no member "url"')
  if ('body' in value && 'body_base64' in value) {
    throw new Refusal('INVALID_MEMBER', '"body" and "body_base64" contradict each other: leave one of them out')
  }
  for (const [name, given] of Object.entries(value)) members[name]?.(given, listed, text)
  return listed
}

class Refusal extends Error {
  readonly failure: Failure

  constructor(code: string, message: string) {
    super(message)
    this.failure = invalid(code, message)
  }
}

function refusal(member: string, accepted: string, got: string): Refusal {
  return new Refusal('INVALID_MEMBER', `"${member}" must be ${accepted}, got ${got}`)
}

function invalid(code: string, message: string): Failure {
  return { type: 'invalid_request', code, message }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function string(member: string, value: unknown, accepted: string): string {
  if (typeof value !== 'string') throw refusal(member, accepted, typeOf(value))
  return value
}

function headerList(value: unknown): HeaderList {
  const accepted = 'an object of strings, or of arrays of strings'
  if (!isObject(value)) throw refusal('headers', accepted, typeOf(value))
  const headers: (readonly [string, string])[] = []
  for (const [name, given] of Object.entries(value)) {
    const values: readonly unknown[] = Array.isArray(given) ? given : [given]
    for (const each of values) {
      if (typeof each !== 'string') throw refusal('headers', accepted, `${typeOf(each)} in ${shown(nameOf(name))}`)
      headers.push([name, each])
    }
  }
  return headers
}

/** A value may have come where the name should be. */
function nameOf(text: string): string {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]*/.exec(text)?.[0] ?? ''
}

function bytesOf(text: string): Uint8Array {
  const digits = text.replace(/={1,2}$/, '')
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(digits)) {
    throw refusal('body_base64', 'base64', 'a string that is not')
  }
  return new Uint8Array(Buffer.from(digits, 'base64'))
}

function metaOf(line: string): string {
  return detached(compactJson(memberText(line, 'meta') ?? 'null'))
}

/** V8 keeps a whole line alive for a part cut out of it: a string of its own. Text of JSON is well-formed. */
function detached(text: string): string {
  return Buffer.from(text).toString()
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function shown(text: string): string {
  return escapeControls(JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text))
}

function syntaxFailure(text: string): Failure {
  const at = brokenAt(text)
  const where = at >= text.length ? 'it ends too early' : `at character ${at + 1}`
  return invalid('JSON_SYNTAX', `the line is not valid JSON: ${where}`)
}

/** So much of a line that cannot be read is looked at for its URL. */
const lookedAt = 1024

/** The URL of a line that cannot be read, as far as it can be seen. Of an object nothing else is shown: it may have secrets. */
function urlWithin(text: string): string {
  if (!/^[{["]/.test(text)) return cutLine(maskPassword(text))
  const [, url = ''] = /"url"[ \t]*:[ \t]*"((?:[^"\\]|\\.)*)/.exec(text.slice(0, lookedAt)) ?? []
  return cutLine(maskPassword(url))
}
