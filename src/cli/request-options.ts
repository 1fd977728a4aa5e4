// `-X -H -d`, as in curl: what is sent with every URL of the list.

import { readFileSync } from 'node:fs'
import { UsageError } from '../core/errors.js'
import { fieldValue, isReservedField } from '../core/request-syntax.js'
import { systemReason } from '../core/system-reason.js'
import type { TaskTemplate } from '../core/task.js'
import type { HeaderList, RequestSpec } from '../types.js'

export interface RequestOptions {
  readonly method?: string | undefined
  readonly header: readonly string[]
  readonly data?: readonly string[] | undefined
}

/** `bodyRequest` is for lines with a body of their own: without that of -d, and without what it implies. */
export type RequestTemplate = Required<Pick<TaskTemplate, 'request' | 'bodyRequest'>>

/** What options are called in messages, where they came from the environment. */
export type RequestVariables = Readonly<Partial<Record<'header' | 'data', string>>>

/** What the lines of a list have in common. Reads the files that `@file` names; throws UsageError where one cannot be read or a header is none. */
export function requestTemplate(
  { method, header, data }: RequestOptions,
  { header: headerName = '--header', data: dataName = '--data' }: RequestVariables = {},
): RequestTemplate {
  const headers = parseHeaders(header, headerName)
  const bodyRequest: RequestSpec = { method: method ?? 'POST', headers, body: null }
  if (data === undefined) return { request: { ...bodyRequest, method: method ?? 'GET' }, bodyRequest }
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  const implied: HeaderList = hasType ? [] : [['content-type', 'application/x-www-form-urlencoded']]
  return {
    request: { ...bodyRequest, headers: [...headers, ...implied], body: joinData(data, dataName) },
    bodyRequest,
  }
}

/** `Name: value` each, or `@file` with one a line. Throws UsageError. */
export function parseHeaders(given: readonly string[], option: string): HeaderList {
  const parse = (line: string) => parseHeader(line, option)
  return given.flatMap((text) => (text.startsWith('@') ? headerLines(text.slice(1), option).map(parse) : [parse(text)]))
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

export function readFile(path: string, option: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${option} cannot read ${path}: ${systemReason(error)}`, { cause: error })
  }
}

/** `Name: value`, or `Name;` for an empty value. A value is never part of an error: it may be a secret. */
function parseHeader(text: string, option: string): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?::[ \t]*(.+?)[ \t]*|;)$/s.exec(text.trim())
  const [, name, value = ''] = match ?? []
  const bytes = fieldValue(value)
  if (name === undefined || bytes === undefined) {
    // Only letters that something follows are shown, as a name: a value may have come without one, and base64 ends with `=`.
    const shown = /^[A-Za-z]+(?:-[A-Za-z]+)*(?=[:=\s]+[^:=\s])/.exec(text.slice(0, 41))?.[0]
    const got = shown === undefined ? 'one without a name' : `one that begins ${JSON.stringify(shown)}`
    throw new UsageError(`${option} must be 'Name: value', or 'Name;' for an empty value, got ${got}`)
  }
  if (isReservedField(name)) throw new UsageError(`${option} cannot set ${name}: it belongs to the connection`)
  return [name, bytes]
}
