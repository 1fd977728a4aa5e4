// A line of a list becomes a task, or is rejected.

import type { Failure, FetchTask, OwnSettings, RejectedLine, RequestSpec, SourceItem, Target } from '../types.js'
import type { RowTemplate } from './row-template.js'
import { isFailure, maskPassword, parseListedUrl, type Scheme } from './target.js'

/** What the lines of a list have in common. */
export interface TaskTemplate {
  readonly request: RequestSpec
  readonly defaultScheme: Scheme
  /** In place of `request` for a line that has its own body, which is left out here; worked out of `request` where it is not given. */
  readonly bodyRequest?: RequestSpec
  /** What the rows of a list fill in; a list of lines has none. */
  readonly row?: RowTemplate
}

/** A line that is rejected for its length shows this many characters. */
const shownOfCutLine = 256

/** Where a line stands, for the task to be read again from there. */
export type LinePlace = Pick<FetchTask, 'list' | 'start' | 'end'>

/** Of a line that cannot be read again. */
export const noPlace: LinePlace = { list: -1, start: 0, end: 0 }

export function createTask(
  id: number,
  text: string,
  template: TaskTemplate,
  readAt: number,
  place: LinePlace = noPlace,
): SourceItem {
  const target = parseListedUrl(text, template.defaultScheme)
  if (isFailure(target)) return rejectLine(id, text, target, template, readAt)
  return new FreshTask(id, maskPassword(text), target, template.request, readAt, place)
}

/** `text` is what could be read of the line. */
export function rejectLine(
  id: number,
  text: string,
  failure: Failure,
  template: TaskTemplate,
  readAt: number,
  meta: string | null = null,
): RejectedLine {
  return { kind: 'rejected', id, url: maskPassword(text), readAt, method: template.request.method, failure, meta }
}

/** The beginning of a line that is too long to be kept. */
export function cutLine(text: string): string {
  return text.length > shownOfCutLine ? `${text.slice(0, shownOfCutLine)}…` : text
}

/**
 * A task that was not begun. A class for V8's sake: of an object literal it keeps the layout that the first tasks had, where times and
 * places are small integers, and makes over each object that comes later.
 */
export class FreshTask implements FetchTask {
  readonly kind = 'task'
  readonly id: number
  readonly url: string
  readonly readAt: number
  readonly method: string
  readonly host: string
  readonly list: number
  readonly start: number
  readonly end: number
  readonly own: OwnSettings | null
  readonly bytes: number
  target: Target
  request: RequestSpec
  retries = 0
  pushbacks = 0
  isRefusedAlone = false
  redirects = 0
  exhaustions = 0
  declines = 0
  freeRetryUsed = false
  refusal: FetchTask['refusal'] = null
  lastAttempt: FetchTask['lastAttempt'] = null
  lastUrl: FetchTask['lastUrl'] = null
  firstAttemptAt: FetchTask['firstAttemptAt'] = null
  queuedMs = 0
  limitedMs = 0
  fetchMs = 0
  since = 0
  limitedMark = 0
  isStarted = false
  hostOutlook: FetchTask['hostOutlook'] = 'unknown'

  /** @param url with its password masked */
  constructor(
    id: number,
    url: string,
    target: Target,
    request: RequestSpec,
    readAt: number,
    place: LinePlace,
    own: OwnSettings | null = null,
    bytes = 0,
  ) {
    this.id = id
    this.url = url
    this.readAt = readAt
    this.method = request.method
    this.host = target.host
    this.list = place.list
    this.start = place.start
    this.end = place.end
    this.own = own
    this.bytes = bytes
    this.target = target
    this.request = request
  }
}
