// `-X -H -d`, as in curl: what is sent with every URL of the list.

import { readFileSync } from 'node:fs'
import { UsageError } from '../core/errors.js'
import { systemReason } from '../core/system-reason.js'
import type { HeaderList, RequestSpec } from '../types.js'

export interface RequestOptions {
  readonly method?: string | undefined
  readonly header: readonly string[]
  readonly data?: readonly string[] | undefined
}

/** What options are called in messages, where they came from the environment. */
export type RequestVariables = Readonly<Partial<Record<'header' | 'data', string>>>

/** Reads the files that `@file` names; throws UsageError where one cannot be read or a header is none. */
export function requestSpec(
  { method, header, data }: RequestOptions,
  { header: headerName = '--header', data: dataName = '--data' }: RequestVariables = {},
): RequestSpec {
  const parse = (line: string) => parseHeader(line, headerName)
  const headers = header.flatMap((given) =>
    given.startsWith('@') ? headerLines(given.slice(1), headerName).map(parse) : [parse(given)],
  )
  if (data === undefined) return { method: method ?? 'GET', headers, body: null }
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  const implied: HeaderList = hasType ? [] : [['content-type', 'application/x-www-form-urlencoded']]
  return { method: method ?? 'POST', headers: [...headers, ...implied], body: joinData(data, dataName) }
}

function joinData(data: readonly string[], name: string): Uint8Array {
  const parts = data.map((given) => (given.startsWith('@') ? dataFile(given.slice(1), name) : Buffer.from(given)))
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from('&'), part])))
}

/** As curl's --data does: line ends and NUL bytes of a file are not sent. */
function dataFile(path: string, name: string): Buffer {
  return Buffer.from(readFile(path, name).filter((byte) => byte !== 0x0a && byte !== 0x0d && byte !== 0))
}

function headerLines(path: string, name: string): string[] {
  const lines = readFile(path, name)
    .toString('utf8')
    .split(/\r\n|\n|\r/)
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'))
}

function readFile(path: string, option: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${option} cannot read ${path}: ${systemReason(error)}`, { cause: error })
  }
}

/** These frame the message or the connection: they are not the caller's to set. RFC 9110 §7.6.1, RFC 9112 §6. */
const reserved = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** `Name: value`, or `Name;` for an empty value. A value is never part of an error: it may be a secret. */
function parseHeader(text: string, option: string): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?::[ \t]*(.+?)[ \t]*|;)$/s.exec(text.trim())
  const [, name, value = ''] = match ?? []
  // Fields are sent as bytes: what is not ASCII goes out as UTF-8.
  const bytes = Buffer.from(value).toString('latin1')
  if (name === undefined || !/^[\t\x20-\x7e\x80-\xff]*$/.test(bytes)) {
    // Only letters that something follows are shown, as a name: a value may have come without one, and base64 ends with `=`.
    const shown = /^[A-Za-z]+(?:-[A-Za-z]+)*(?=[:=\s]+[^:=\s])/.exec(text.slice(0, 41))?.[0]
    const got = shown === undefined ? 'one without a name' : `one that begins ${JSON.stringify(shown)}`
    throw new UsageError(`${option} must be 'Name: value', or 'Name;' for an empty value, got ${got}`)
  }
  if (reserved.has(name.toLowerCase()))
    throw new UsageError(`${option} cannot set ${name}: it belongs to the connection`)
  return [name, bytes]
}
