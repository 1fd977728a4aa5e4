// What follows an attempt: done, another try, or the next hop.

import type { Attempt, Failure, FetchTask, Next } from '../types.js'
import { backoffDelay } from './backoff.js'
import { statusBehind304 } from './change.js'
import { isIdempotent } from './idempotency.js'
import { isRedirect, nextHop } from './redirect.js'
import type { RetryBudget } from './retry-budget.js'
import { formatExactDuration } from './units.js'

export interface Policy {
  readonly accept: (statusCode: number) => boolean
  readonly maxRedirects: number
  /** Follow redirects from public addresses to private ones. */
  readonly allowPrivateRedirects: boolean
  readonly retries: number
  /** Retry methods that are not idempotent, too. */
  readonly retryUnsafe: boolean
  readonly maxRetryAfterMs: number
  /** A 429 holds back its whole host: its URL need not keep away on its own. */
  readonly isAdaptive: boolean
  /** The run's. A retry that is decided on is taken out of it: the one thing that a decision leaves behind. */
  readonly retryBudget: RetryBudget
  /** A number in [0, 1): jitter. */
  readonly random: () => number
}

const retriedStatuses = new Set([408, 429, 500, 502, 503, 504, 522, 524])
const retriedDnsCodes = new Set(['EAI_AGAIN', 'ESERVFAIL', 'ETIMEOUT'])
/** A reset before the handshake ended. Any other TLS failure would only repeat itself. */
const retriedTlsCodes = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'])
/** It could not be reached, or did not reach the host. What it does not allow or understand stays so, and its name and certificate do. */
const retriedProxyCodes =
  /^(?:HTTP_(?:408|429|5\d\d)|TIMEOUT_CONNECT|EAI_AGAIN|ESERVFAIL|ETIMEOUT|E(?:CONN\w+|HOSTUNREACH|NETUNREACH|TIMEDOUT|PIPE|ADDRNOTAVAIL)|SOCKS_(?:FAILURE|\w+_UNREACHABLE|CONNECTION_REFUSED|TTL_EXPIRED))$/

/** Waits for a machine that ran out of file descriptors: long enough for a request under way to end, and a minute in all. */
const exhaustedDelayMs = 200
const mostExhaustions = 300

/** A server that takes so many requests on a connection and no more may say so to those that were on their way, several times over. */
const mostDeclines = 5
const declineDelayMs = 20

/** A 429 says "not now", not "not": it is asked again so often, and `retries` are for failures. */
const mostPushbacks = 10
/** Where the host as a whole is held back, those who wait for it come back within so long. */
const longestPushbackMs = 1000

export function decide(task: FetchTask, attempt: Attempt, policy: Policy): Next {
  if (attempt.exhausted && task.exhaustions < mostExhaustions) {
    return { kind: 'retry', delayMs: exhaustedDelayMs * (0.5 + policy.random()), cause: 'exhausted' }
  }
  if (attempt.unprocessed && task.declines < mostDeclines) {
    return { kind: 'retry', delayMs: task.declines * declineDelayMs, cause: 'declined' }
  }
  const isRepeatable = policy.retryUnsafe || isIdempotent(task.request)
  if (attempt.stale && isRepeatable && !task.freeRetryUsed) return { kind: 'retry', delayMs: 0, cause: 'stale' }

  if (attempt.failure === null && attempt.statusCode !== null && isRedirect(attempt.statusCode)) {
    const location = attempt.locations[0]
    if (location !== undefined && location !== '' && policy.maxRedirects > 0) {
      return follow(task, attempt.statusCode, attempt, policy)
    }
  }

  const failure = attempt.failure ?? statusFailure(attempt.notModified ? statusBehind304 : attempt.statusCode, policy)
  if (failure === null) return { kind: 'done', failure: null }
  if (!isRetried(failure)) return { kind: 'done', failure }
  const retryAfterMs = attempt.retryAfterMs
  if (retryAfterMs !== null && retryAfterMs > policy.maxRetryAfterMs) {
    return { kind: 'done', failure: tooLate(failure, retryAfterMs, policy) }
  }
  if (attempt.statusCode === 429 && attempt.failure === null) return waitOut(task, failure, retryAfterMs, policy)
  if (task.retries >= (task.own?.retries ?? policy.retries) || !isRepeatable) return { kind: 'done', failure }
  if (!policy.retryBudget.spend()) return { kind: 'done', failure: overBudget(failure) }
  // A host that says "at once" says nothing about the others that it says that to.
  const delayMs = retryAfterMs || backoffDelay(task.retries, policy.random())
  return { kind: 'retry', delayMs, cause: 'failure' }
}

/** The request was not carried out (RFC 6585 §4): that it be repeatable is not asked for. */
function waitOut(task: FetchTask, failure: Failure, retryAfterMs: number | null, policy: Policy): Next {
  if (task.pushbacks >= mostPushbacks) return { kind: 'done', failure }
  const backoffMs = backoffDelay(task.pushbacks, policy.random())
  const delayMs = retryAfterMs || (policy.isAdaptive ? Math.min(backoffMs, longestPushbackMs) : backoffMs)
  return { kind: 'retry', delayMs, cause: 'pushback' }
}

function follow(task: FetchTask, statusCode: number, attempt: Attempt, policy: Policy): Next {
  if (task.redirects >= policy.maxRedirects) {
    const message = `more than ${policy.maxRedirects} redirects (--max-redirects)`
    return { kind: 'done', failure: { type: 'redirect', code: 'TOO_MANY_REDIRECTS', message } }
  }
  const hop = nextHop(task, statusCode, attempt, policy.allowPrivateRedirects)
  if ('type' in hop) return { kind: 'done', failure: hop }
  return { kind: 'redirect', target: hop.target, request: hop.request }
}

function statusFailure(statusCode: number | null, policy: Policy): Failure | null {
  if (statusCode !== null && policy.accept(statusCode)) return null
  return { type: 'http_status', code: `HTTP_${statusCode}`, message: `status ${statusCode}` }
}

/** The table of errors: which of them another try may mend. */
function isRetried({ type, code }: Failure): boolean {
  switch (type) {
    case 'connect':
    case 'timeout':
    case 'network':
      return true
    case 'dns':
      return retriedDnsCodes.has(code)
    case 'tls':
      return retriedTlsCodes.has(code)
    case 'http_status':
      return retriedStatuses.has(Number(code.slice('HTTP_'.length)))
    case 'proxy':
      return retriedProxyCodes.test(code)
    case 'invalid_url':
    case 'invalid_request':
    case 'blocked':
    case 'protocol':
    case 'decode':
    case 'too_large':
    case 'redirect':
    case 'no_match':
    case 'not_json':
    case 'write':
    case 'aborted':
      return false
  }
}

function overBudget(failure: Failure): Failure {
  const message = `${failure.message}; not tried again: the retries of the run are spent (--retry-budget)`
  return { ...failure, message }
}

function tooLate(failure: Failure, retryAfterMs: number, policy: Policy): Failure {
  const asked = `the host asks to come back in ${formatExactDuration(retryAfterMs)}`
  return {
    ...failure,
    message: `${failure.message}: ${asked}, later than --max-retry-after ${formatExactDuration(policy.maxRetryAfterMs)}`,
  }
}
