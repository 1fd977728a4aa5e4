// The next hop of a redirect: its target, its method, and what of the request may go along.

import type { Attempt, Failure, FetchTask, HeaderList, RequestSpec, Target } from '../types.js'
import { isPrivateByName, isPublicAddress } from './address.js'
import { isFailure, parseTarget } from './target.js'

export interface Hop {
  readonly target: Target
  readonly request: RequestSpec
}

/** 300 and 304 carry choices and validators, not a place to go. */
export function isRedirect(statusCode: number): boolean {
  return statusCode === 301 || statusCode === 302 || statusCode === 303 || statusCode === 307 || statusCode === 308
}

export function nextHop(
  task: FetchTask,
  statusCode: number,
  {
    locations,
    remoteIp,
    isProxied = false,
  }: Pick<Attempt, 'locations' | 'remoteIp'> & Partial<Pick<Attempt, 'isProxied'>>,
  allowPrivate: boolean,
): Hop | Failure {
  if (new Set(locations).size > 1) {
    return redirectFailure('REDIRECT_AMBIGUOUS', 'the redirect names more than one Location')
  }
  const parsed = parseTarget(locations[0] ?? '', task.target.href)
  if (isFailure(parsed))
    return redirectFailure('REDIRECT_TARGET', `the redirect's Location cannot be followed: ${parsed.message}`)
  const rewritten = rewriteMethod(task.request, statusCode)
  // Nobody knows what address a proxy went to: what is not private by its name may have been public.
  const isFromPublic = isProxied ? !isPrivateByName(task.target.host) : remoteIp !== null && isPublicAddress(remoteIp)
  const isPublicOnly = !allowPrivate && (task.target.isPublicOnly || isFromPublic)
  const reached = { isPublicOnly, ...(isDowngrade(task.target, parsed) && { isDowngraded: true as const }) }
  if (parsed.origin !== task.target.origin) {
    // A body is as confidential as the headers that went with it, and without those it would not even be understood.
    if (rewritten.body !== null) {
      return redirectFailure(
        'REDIRECT_BODY',
        `the redirect would send the request's body to another origin: ${parsed.host}`,
      )
    }
    const target = { ...parsed, ...reached, ...(leadsAway(task.target, parsed) && { isForeign: true as const }) }
    return { target, request: withoutCallersHeaders(rewritten) }
  }
  // What a hop to another origin has dropped is no longer on the task: it stays dropped when a later hop leads back.
  const authorization = parsed.authorization ?? task.target.authorization
  const { isForeign } = task.target
  return { target: { ...parsed, authorization, ...reached, ...(isForeign && { isForeign }) }, request: rewritten }
}

/** Plain http stays so until there is a hop to https. */
function isDowngrade(from: Target, to: Target): boolean {
  return to.origin.startsWith('http:') && (from.isDowngraded === true || from.origin.startsWith('https:'))
}

/** Where the host's own https is not away from its http, of whatever ports. It stays so when a later hop leads back. */
function leadsAway(from: Target, to: Target): boolean {
  const isUpgrade = from.origin.startsWith('http:') && to.origin.startsWith('https:')
  return from.isForeign === true || !isUpgrade || hostnameOf(from) !== hostnameOf(to)
}

function hostnameOf({ host }: Target): string {
  return host.replace(/:\d+$/, '')
}

/** Fetch standard, HTTP-redirect fetch, step 12: 303, and 301 or 302 after POST, go on with GET. What was of the body, or of its method, goes with it. */
function rewriteMethod(request: RequestSpec, statusCode: number): RequestSpec {
  const { method } = request
  const becomesGet = statusCode === 303 ? method !== 'GET' && method !== 'HEAD' : statusCode <= 302 && method === 'POST'
  if (!becomesGet) return request
  return {
    ...request,
    method: 'GET',
    headers: without(request.headers, /^(?:content-.*|idempotency-key)$/i),
    body: null,
  }
}

/** Another origin gets no header that was meant for the first one: only what says which answers and who asks. */
function withoutCallersHeaders({ authorization: _dropped, ...request }: RequestSpec): RequestSpec {
  return { ...request, headers: request.headers.filter(([name]) => /^(?:accept|accept-.*|user-agent)$/i.test(name)) }
}

function without(headers: HeaderList, names: RegExp): HeaderList {
  return headers.filter(([name]) => !names.test(name))
}

function redirectFailure(code: string, message: string): Failure {
  return { type: 'redirect', code, message }
}
