// A task that was not begun as one line of JSON, to be kept outside memory. It holds passwords.

import type { FetchTask, RequestSpec, Target } from '../types.js'
import { freshTask, noPlace, type TaskTemplate } from './task.js'

/** What tells the task from others of its template; left out is what most tasks have in common. */
interface FrozenTask {
  readonly id: number
  readonly readAt: number
  readonly url: string
  /** Where it is not as listed. */
  readonly href?: string
  readonly authorization?: string
  readonly isPublicOnly?: true
  /** `list`, `start` and `end`. */
  readonly place?: readonly [number, number, number]
  readonly request?: FrozenRequest
}

interface FrozenRequest extends Pick<RequestSpec, 'method' | 'headers'> {
  readonly text?: string
  readonly base64?: string
}

/** Without a line end. The task must be as `createTask` made it: what has become of it since is lost. */
export function freeze(task: FetchTask, template: TaskTemplate): string {
  const { href, authorization, isPublicOnly } = task.target
  const frozen: FrozenTask = {
    id: task.id,
    readAt: task.readAt,
    url: task.url,
    ...(href !== task.url && { href }),
    ...(authorization !== null && { authorization }),
    ...(isPublicOnly && { isPublicOnly }),
    ...(task.list >= 0 && { place: [task.list, task.start, task.end] }),
    ...(task.request !== template.request && { request: freezeRequest(task.request) }),
  }
  return JSON.stringify(frozen)
}

/** An equal task. `line` and `template` are those of `freeze`. */
export function thaw(line: string, template: TaskTemplate): FetchTask {
  const { id, readAt, url, href, authorization, isPublicOnly, place, request }: FrozenTask = JSON.parse(line)
  return freshTask(
    id,
    url,
    targetOf(href ?? url, authorization ?? null, isPublicOnly ?? false),
    request === undefined ? template.request : thawRequest(request),
    readAt,
    place === undefined ? noPlace : { list: place[0], start: place[1], end: place[2] },
  )
}

function freezeRequest({ method, headers, body }: RequestSpec): FrozenRequest {
  if (body === null) return { method, headers }
  if (typeof body === 'string') return { method, headers, text: body }
  return { method, headers, base64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') }
}

function thawRequest({ method, headers, text, base64 }: FrozenRequest): RequestSpec {
  return {
    method,
    headers,
    body: text ?? (base64 === undefined ? null : new Uint8Array(Buffer.from(base64, 'base64'))),
  }
}

/** `href` went through the URL parser once and has no user info: it is cut, not parsed again, so that nothing can come out otherwise. */
function targetOf(href: string, authorization: string | null, isPublicOnly: boolean): Target {
  const { origin, host } = originOf(href)
  return { href, origin, host, path: href.slice(origin.length), authorization, isPublicOnly }
}

/** The strings of the last one are used again, as tasks of one host come one after the other. */
let lastOrigin: Pick<Target, 'origin' | 'host'> = { origin: ' ', host: '' }

function originOf(href: string): Pick<Target, 'origin' | 'host'> {
  if (href.startsWith(lastOrigin.origin) && href[lastOrigin.origin.length] === '/') return lastOrigin
  const hostAt = href.indexOf('//') + 2
  // A copy: V8 keeps the whole URL alive for a part cut out of it, and limits outlive the URLs of their host.
  const host = Buffer.from(href.slice(hostAt, href.indexOf('/', hostAt))).toString()
  lastOrigin = { origin: `${href.slice(0, hostAt)}${host}`, host }
  return lastOrigin
}
