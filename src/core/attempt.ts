// An attempt that brought nothing: what every other one differs from.

import type { Attempt } from '../types.js'

/** @param startedAt monotonic ms @param wallTime ms since the epoch */
export function emptyAttempt(startedAt: number, wallTime: number): Attempt {
  return {
    startedAt,
    wallTime,
    failure: null,
    statusCode: null,
    locations: [],
    retryAfterMs: null,
    quota: null,
    contentType: null,
    contentLength: null,
    httpVersion: null,
    remoteIp: null,
    isProxied: false,
    wireBytes: 0,
    bodyBytes: 0,
    dnsMs: null,
    connectMs: null,
    tlsMs: null,
    firstByteMs: null,
    bodyMs: null,
    optIns: null,
    stale: false,
    exhausted: false,
    notModified: false,
  }
}

/** For an attempt that another one follows: bodies of all that wait for that would not fit into memory. */
export function withoutOptIns(attempt: Attempt): Attempt {
  return attempt.optIns === null ? attempt : { ...attempt, optIns: null }
}
