// A task that was not begun as one line of JSON, to be kept outside memory. It holds passwords.

import type { FetchTask, OwnSettings, RequestSpec } from '../types.js'
import { sharedRequest } from './listed-request.js'
import { ownBytes } from './slots.js'
import { targetOf } from './target.js'
import { FreshTask, noPlace, type TaskTemplate } from './task.js'

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
  readonly own?: OwnSettings
}

interface FrozenRequest extends Pick<RequestSpec, 'method' | 'headers' | 'authorization'> {
  /** The body is that of the template. */
  readonly isCommon?: true
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
    ...(task.request !== template.request && { request: freezeRequest(task.request, template) }),
    ...(task.own !== null && { own: task.own }),
  }
  return JSON.stringify(frozen)
}

/** An equal task. `line` and `template` are those of `freeze`. */
export function thaw(line: string, template: TaskTemplate): FetchTask {
  const { id, readAt, url, href, authorization, isPublicOnly, place, request, own }: FrozenTask = JSON.parse(line)
  const asked = request === undefined ? template.request : sharedRequest(thawRequest(request, template), template)
  return new FreshTask(
    id,
    url,
    // Cut, not parsed again, so that nothing can come out otherwise.
    targetOf(href ?? url, authorization ?? null, isPublicOnly ?? false),
    asked,
    readAt,
    place === undefined ? noPlace : { list: place[0], start: place[1], end: place[2] },
    own ?? null,
    ownBytes(asked, template.request, own ?? null),
  )
}

function freezeRequest({ body, ...rest }: RequestSpec, template: TaskTemplate): FrozenRequest {
  if (body === null) return rest
  if (body === template.request.body) return { ...rest, isCommon: true }
  if (typeof body === 'string') return { ...rest, text: body }
  return { ...rest, base64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') }
}

function thawRequest({ isCommon, text, base64, ...rest }: FrozenRequest, template: TaskTemplate): RequestSpec {
  if (isCommon) return { ...rest, body: template.request.body }
  return {
    ...rest,
    body: text ?? (base64 === undefined ? null : new Uint8Array(Buffer.from(base64, 'base64'))),
  }
}
