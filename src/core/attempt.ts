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
    wireBytes: 0,
    bodyBytes: 0,
    dnsMs: null,
    connectMs: null,
    tlsMs: null,
    firstByteMs: null,
    bodyMs: null,
    stale: false,
    exhausted: false,
  }
}
