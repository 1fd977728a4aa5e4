// The attempt of a task that an error of our own ended: its record says so.

import type { Attempt } from '../types.js'

export function internalError(error: unknown, now: number, wallTime: number): Attempt {
  const said = error instanceof Error ? error.message : String(error)
  const message = `internal error: ${said.replace(/\s+/g, ' ').trim()}`
  return {
    startedAt: now,
    wallTime,
    failure: { type: 'aborted', code: 'INTERNAL', message },
    statusCode: null,
    locations: [],
    retryAfterMs: null,
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
