// Tests of the lines about attempts.

import { describe, expect, it } from 'vitest'
import { attemptLine } from '../../src/observers/verbose.js'
import type { Attempt, FetchTask, Next } from '../../src/types.js'
import { makeAttempt, makeTask } from '../support/values.js'

const refused = { type: 'connect', code: 'ECONNREFUSED', message: 'nobody listens there' } as const
const done: Next = { kind: 'done', failure: null }

function line(next: Next, attempt: Partial<Attempt> = {}, task: Partial<FetchTask> = {}): string | null {
  return attemptLine({ ...makeTask(12, 'https://a.test/x'), ...task }, makeAttempt(attempt), next)
}

describe('attemptLine', () => {
  it('has nothing to say of a plain success', () => {
    expect(line(done)).toBeNull()
  })

  it('says why and when a URL is tried again', () => {
    const retry = { kind: 'retry', delayMs: 1240, cause: 'failure' } as const
    expect(line(retry, { failure: refused })).toBe(
      'poolfetch: #12 https://a.test/x attempt 1: connect ECONNREFUSED; again in 1.24s',
    )
    expect(line(retry, { statusCode: 503 }, { retries: 1 })).toBe(
      'poolfetch: #12 https://a.test/x attempt 2: http_status HTTP_503; again in 1.24s',
    )
    expect(line({ ...retry, delayMs: 0, cause: 'stale' })).toMatch(
      /attempt 1: the kept-alive connection was closed; again at once$/,
    )
    expect(line({ ...retry, cause: 'exhausted' })).toMatch(
      /attempt 1: out of sockets or file descriptors; again in 1.24s$/,
    )
  })

  it('says where a redirect leads', () => {
    const { target, request } = makeTask(1, 'https://b.test/y')
    expect(line({ kind: 'redirect', target, request }, { statusCode: 302 })).toBe(
      'poolfetch: #12 https://a.test/x redirect 302 to https://b.test/y',
    )
  })

  it('says how it ended, where that took more than one request or went wrong', () => {
    expect(line({ kind: 'done', failure: refused }, { failure: refused }, { retries: 2 })).toMatch(
      /attempt 3: connect ECONNREFUSED: nobody listens there$/,
    )
    expect(line(done, {}, { retries: 1 })).toMatch(/attempt 2: ok, status 200$/)
    expect(line(done, {}, { redirects: 1 })).toMatch(/attempt 1: ok, status 200$/)
  })

  it('shows control characters instead of sending them', () => {
    const failure = { ...refused, message: '\u001b[2J\n' }
    expect(line({ kind: 'done', failure }, { failure })).toMatch(/: \\u001b\[2J\\u000a$/)
  })
})
