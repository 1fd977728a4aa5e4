// A line that says more than a URL: its own method, headers, body and data go over those of the run.

import type { Failure, HeaderList, OwnSettings, RequestSpec, SourceItem } from '../types.js'
import { lineCheckOf } from './line-check.js'
import { fieldValue, isFieldName, isReservedField, methodName } from './request-syntax.js'
import { ownBytes } from './slots.js'
import { isFailure, maskPassword, parseListedUrl } from './target.js'
import { cutLine, FreshTask, type LinePlace, noPlace, rejectLine, type TaskTemplate } from './task.js'

/** As text, not checked yet. What is left out is as the run has it. */
export interface ListedRequest {
  readonly url: string
  readonly method?: string
  /** In place of those of the run that have the same name. */
  readonly headers?: HeaderList
  /** Null: none, also where the run has one. */
  readonly body?: string | Uint8Array | null
  /** Sent with the body unless a header says otherwise. */
  readonly contentType?: string
  /** The caller's data as JSON, in one line. */
  readonly meta: string | null
  readonly timeoutMs?: number
  readonly retries?: number
}

/** A URL that is longer is none that a server would take. */
const longestUrl = 65_536

/**
 * A task; or a rejected line, where what is listed cannot be sent. `common` is what most tasks send, where the template was filled in for
 * this line.
 */
export function listedItem(
  id: number,
  listed: ListedRequest,
  template: TaskTemplate,
  readAt: number,
  place: LinePlace = noPlace,
  common: RequestSpec = template.request,
): SourceItem {
  const { url, meta } = listed
  const target = url.length > longestUrl ? tooLong : parseListedUrl(url, template.defaultScheme)
  const request = requestOf(listed, template)
  if ('type' in request || isFailure(target)) {
    const failure = isFailure(target) ? target : 'type' in request ? request : tooLong
    const rejected = rejectLine(id, listedUrl(url), failure, template, readAt, meta)
    return 'type' in request ? rejected : { ...rejected, method: request.method }
  }
  const own = ownSettings(listed)
  const bytes = ownBytes(request, common, own)
  return new FreshTask(id, maskPassword(url), target, request, readAt, place, own, bytes)
}

/** The `url` of the record, whatever becomes of the line. */
export function listedUrl(url: string): string {
  const masked = maskPassword(url)
  return url.length > longestUrl ? cutLine(masked) : masked
}

const tooLong: Failure = { type: 'invalid_url', code: 'URL_TOO_LONG', message: 'the URL is longer than 64 KiB' }

function ownSettings(listed: ListedRequest): OwnSettings | null {
  const { meta, timeoutMs, retries } = listed
  const lineCheck = lineCheckOf(listed)
  if (meta === null && lineCheck === null && timeoutMs === undefined && retries === undefined) return null
  return { meta, ...(lineCheck !== null && { lineCheck }), timeoutMs: timeoutMs ?? null, retries: retries ?? null }
}

function requestOf(listed: ListedRequest, template: TaskTemplate): RequestSpec | Failure {
  const { method, headers, body } = listed
  if (method === undefined && headers === undefined && body === undefined) return template.request
  const base = body === undefined ? template.request : bodyRequestOf(template)
  const name = method === undefined ? base.method : methodName(method)
  if (name === undefined) return invalid('INVALID_METHOD', 'the method is no method name such as GET or POST')
  const fields = headers === undefined ? [] : checkedFields(headers)
  if ('type' in fields) return fields
  const request = {
    ...base,
    method: name,
    headers: merged(base.headers, fields, body == null ? undefined : listed.contentType),
    body: body === undefined ? base.body : body,
  }
  return sharedRequest(request, template)
}

/** What a line's own body goes with, unless the line says otherwise. */
function bodyRequestOf({ request, bodyRequest }: TaskTemplate): RequestSpec {
  return bodyRequest ?? { ...request, method: request.method === 'GET' ? 'POST' : request.method, body: null }
}

function checkedFields(headers: HeaderList): HeaderList | Failure {
  const fields: (readonly [string, string])[] = []
  for (const [name, text] of headers) {
    if (!isFieldName(name))
      return invalid('INVALID_HEADER', `a header has no name that could be sent${beginning(name)}`)
    if (isReservedField(name)) {
      return invalid('INVALID_HEADER', `the header ${name} cannot be set: it belongs to the connection`)
    }
    const value = fieldValue(text)
    if (value === undefined) {
      return invalid('INVALID_HEADER', `the header ${name} has a character that cannot be sent in a header`)
    }
    fields.push([name, value])
  }
  return fields
}

/** Of what stands where a name should: a value may have come with it. */
function beginning(name: string): string {
  const shown = /^[A-Za-z]+(?:-[A-Za-z]+)*(?=[:=\s])/.exec(name.slice(0, 41))?.[0]
  return shown === undefined ? '' : `: one begins "${shown}"`
}

// RFC 9110 §5.1: names are case-insensitive.
function merged(base: HeaderList, own: HeaderList, contentType: string | undefined): HeaderList {
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  const headers = own.length === 0 ? base : [...base.filter(([name]) => !names.has(name.toLowerCase())), ...own]
  if (contentType === undefined || headers.some(([name]) => name.toLowerCase() === 'content-type')) return headers
  return [...headers, ['content-type', contentType]]
}

/** Of each template, the requests of its last lines by what they say: lists repeat themselves. */
const recent = new WeakMap<TaskTemplate, Map<string, RequestSpec>>()
const mostRecent = 64
/** A larger request is hardly sent twice; these are 256 KiB at most. */
const longestShared = 4096

/** An equal request, where one of the last lines of the list had one: what is worked out for a request is worked out once. */
export function sharedRequest(request: RequestSpec, template: TaskTemplate): RequestSpec {
  const { method, headers, body, authorization = '' } = request
  // The body of the run is a large one, maybe, but one.
  const ownBody = body === template.request.body ? true : body
  if (typeof ownBody === 'object' && ownBody !== null) return request
  if (typeof ownBody === 'string' && ownBody.length > longestShared) return request
  // Names and values have no line end, and the body comes last.
  let key = `${method} ${authorization}\n`
  for (const [name, value] of headers) key += `${name}:${value}\n`
  key += typeof ownBody === 'string' ? `\n=${ownBody}` : `\n${ownBody}`
  if (key.length > longestShared) return request
  const known = recent.get(template) ?? new Map<string, RequestSpec>()
  if (known.size === 0) recent.set(template, known)
  const shared = known.get(key)
  if (shared !== undefined) return shared
  if (known.size === mostRecent) for (const oldest of known.keys()) if (known.delete(oldest)) break
  known.set(key, request)
  return request
}

function invalid(code: string, message: string): Failure {
  return { type: 'invalid_request', code, message }
}
