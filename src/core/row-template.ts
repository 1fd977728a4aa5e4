// A request with places for values: what the rows of a list make of it.

import type { Failure, HeaderList, RequestSpec } from '../types.js'
import { type BodyTemplate, isSound, parseBodyTemplate } from './body-template.js'
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
import { fieldValue } from './request-syntax.js'
import { parseUrlTemplate, type UrlTemplate } from './url-template.js'

/** What a list of rows needs to know beside what all lists do. */
export interface RowTemplate {
  /** Null where the row has a URL of its own. */
  readonly url: UrlTemplate | null
  /** The column of a table that has it then. */
  readonly urlColumn: string
  /** Of all placeholders. */
  readonly names: readonly string[]
  /** Why no row can be sent so, whatever it says; null where it can. Of no concern to a list without rows. */
  readonly fault: string | null
  /** What to send for a row: the same object for all where there is no placeholder in it. */
  readonly request: (values: RowValues) => RequestSpec | Failure
  /** The same for a row with a body of its own. */
  readonly bodyRequest: (values: RowValues) => RequestSpec | Failure
}

export interface RowTemplateOptions {
  readonly url: string | null
  readonly urlColumn: string
}

interface RequestTemplate {
  readonly names: readonly string[]
  readonly body: BodyTemplate | null
  readonly fill: (values: RowValues) => RequestSpec | Failure
}

interface HeaderTemplate {
  readonly field: HeaderList[number]
  /** Null where the value stands as it is. */
  readonly parts: readonly Part[] | null
}

export const defaultUrlColumn = 'url'

export function createRowTemplate(
  { request, bodyRequest = request }: { readonly request: RequestSpec; readonly bodyRequest?: RequestSpec },
  { url, urlColumn }: RowTemplateOptions,
): RowTemplate {
  const urlTemplate = url === null ? null : parseUrlTemplate(url)
  // What was not said of the body stands behind what was.
  const whole = requestTemplate(request, request.headers[bodyRequest.headers.length])
  const bodyless = requestTemplate({ ...bodyRequest, body: null }, undefined)
  return {
    url: urlTemplate,
    urlColumn,
    names: [...new Set([...(urlTemplate?.names ?? []), ...whole.names])],
    fault: whole.body === null || isSound(whole.body) ? null : unsound,
    request: whole.fill,
    bodyRequest: bodyless.fill,
  }
}

const unsound =
  '--data begins as JSON does and is to be JSON for every row: {name} stands for a whole value, "{name}" for a text, {{name}} for itself'

/** `impliedType` is the field that says what the body is, where nobody said it. */
function requestTemplate(request: RequestSpec, impliedType: HeaderList[number] | undefined): RequestTemplate {
  const body = bodyTemplate(request, impliedType)
  // A document is sent as one.
  const headers = request.headers.map((field) =>
    headerTemplate(field === impliedType && body?.kind === 'json' ? ['content-type', 'application/json'] : field),
  )
  const isSame = body === null && headers.every(({ parts }) => parts === null)
  return {
    names: [...headers.flatMap(({ parts }) => placeholderNames(parts ?? [])), ...(body?.names ?? [])],
    body,
    fill: (values) => (isSame ? request : filled(request, headers, body, values)),
  }
}

function headerTemplate(field: HeaderList[number]): HeaderTemplate {
  const text = fromBytes(field[1])
  const parts = parsePlaceholders(text)
  return { field, parts: isLiteral(parts, text) ? null : parts }
}

function bodyTemplate(
  { headers, body }: RequestSpec,
  impliedType: HeaderList[number] | undefined,
): BodyTemplate | null {
  if (body === null) return null
  const text = typeof body === 'string' ? body : textOf(body)
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')
  return text === null ? null : parseBodyTemplate(text, type === undefined || type === impliedType ? null : type[1])
}

/** Null where the bytes are no text: a file may hold anything. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function filled(
  request: RequestSpec,
  templates: readonly HeaderTemplate[],
  body: BodyTemplate | null,
  values: RowValues,
): RequestSpec | Failure {
  const headers: HeaderList[number][] = []
  for (const { field, parts } of templates) {
    const value = parts === null ? field[1] : filledValue(parts, values)
    if (typeof value !== 'string') return value
    headers.push(parts === null ? field : [field[0], value])
  }
  const text = body === null ? request.body : body.fill(values)
  if (text !== null && typeof text === 'object' && 'type' in text) return text
  return { ...request, headers, body: text }
}

/** RFC 9110 §5.5: a line break would begin a field that nobody asked for, other controls have no place in a value. */
function filledValue(parts: readonly Part[], values: RowValues): string | Failure {
  let made = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      made += part
      continue
    }
    const text = values.text(part.name)
    if (text === undefined) return missing(part.name)
    const bytes = hasLoneSurrogate(text) ? undefined : fieldValue(text)
    if (bytes === undefined) return unfit(part.name, 'has a character that cannot be sent in a header')
    made += text
  }
  return fieldValue(made) ?? ''
}

function fromBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}
