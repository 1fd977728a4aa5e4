import { describe, expect, it } from 'vitest'
import { decide, type Policy } from '../../src/core/decide.js'
import { RetryBudget } from '../../src/core/retry-budget.js'
import type { Attempt, ErrorType, FetchTask, Next, RequestSpec } from '../../src/types.js'
import { getRequest, makeAttempt, makeTask } from '../support/values.js'

const policy: Policy = {
  accept: (statusCode) => statusCode >= 200 && statusCode <= 399,
  allowPrivateRedirects: false,
  maxRedirects: 10,
  retries: 2,
  retryUnsafe: false,
  maxRetryAfterMs: 120_000,
  isAdaptive: true,
  retryBudget: new RetryBudget(1),
  random: () => 0.5,
}
const ok: Next = { kind: 'done', failure: null }

function request(method: string): RequestSpec {
  return { ...getRequest, method }
}

function task(changes: Partial<FetchTask> = {}): FetchTask {
  return { ...makeTask(1, 'http://a.test/x'), ...changes }
}

function after(attempt: Partial<Attempt>, taskChanges: Partial<FetchTask> = {}, policyChanges: Partial<Policy> = {}) {
  return decide(task(taskChanges), makeAttempt(attempt), { ...policy, ...policyChanges })
}

function failed(type: ErrorType, code: string): Partial<Attempt> {
  return { failure: { type, code, message: 'it failed' }, statusCode: null }
}

describe('decide: what is done', () => {
  it('is ok with a status that is accepted, and nothing else', () => {
    expect([200, 204, 299, 304, 399].map((statusCode) => after({ statusCode }))).toEqual([ok, ok, ok, ok, ok])
    expect(after({ statusCode: 404 })).toEqual({
      kind: 'done',
      failure: { type: 'http_status', code: 'HTTP_404', message: expect.stringContaining('404') },
    })
  })

  it('keeps the failure of an attempt that is not retried', () => {
    const attempt = failed('tls', 'CERT_HAS_EXPIRED')
    expect(after(attempt)).toEqual({ kind: 'done', failure: attempt.failure })
  })

  it('is a failure where the body failed, also after an accepted status', () => {
    const { failure } = failed('too_large', 'MAX_SIZE')
    expect(after({ statusCode: 200, failure: failure ?? null })).toEqual({ kind: 'done', failure })
  })
})

describe('decide: what is retried', () => {
  const retried: [ErrorType, string][] = [
    ['dns', 'EAI_AGAIN'],
    ['dns', 'ESERVFAIL'],
    ['dns', 'ETIMEOUT'],
    ['connect', 'ECONNREFUSED'],
    ['connect', 'EHOSTUNREACH'],
    ['connect', 'ENETUNREACH'],
    ['connect', 'EADDRNOTAVAIL'],
    ['tls', 'ECONNRESET'],
    ['timeout', 'TIMEOUT_CONNECT'],
    ['timeout', 'TIMEOUT_IDLE'],
    ['timeout', 'TIMEOUT_TOTAL'],
    ['network', 'ECONNRESET'],
    ['network', 'UND_ERR_SOCKET'],
    ['proxy', 'HTTP_502'],
    ['proxy', 'ECONNREFUSED'],
    ['proxy', 'ECONNRESET'],
    ['proxy', 'ETIMEDOUT'],
    ['proxy', 'EHOSTUNREACH'],
    ['proxy', 'EAI_AGAIN'],
    ['proxy', 'TIMEOUT_CONNECT'],
    ['proxy', 'SOCKS_FAILURE'],
    ['proxy', 'SOCKS_HOST_UNREACHABLE'],
  ]
  it.each(retried)('%s %s', (type, code) => {
    expect(after(failed(type, code))).toEqual({ kind: 'retry', delayMs: 250, cause: 'failure' })
  })

  const final: [ErrorType, string][] = [
    ['invalid_url', 'URL_INVALID'],
    ['invalid_request', 'INVALID_HEADER'],
    ['blocked', 'BLOCKED'],
    ['dns', 'ENOTFOUND'],
    ['dns', 'ENODATA'],
    ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ['protocol', 'HPE_INVALID_CONSTANT'],
    ['decode', 'Z_DATA_ERROR'],
    ['too_large', 'MAX_SIZE'],
    ['redirect', 'TOO_MANY_REDIRECTS'],
    ['proxy', 'HTTP_407'],
    ['proxy', 'HTTP_403'],
    ['proxy', 'ENOTFOUND'],
    ['proxy', 'PROXY_PROTOCOL'],
    ['proxy', 'PROXY_DOWN'],
    ['proxy', 'SOCKS_AUTH'],
    ['proxy', 'SOCKS_NOT_ALLOWED'],
    ['proxy', 'CERT_HAS_EXPIRED'],
    ['no_match', 'NO_MATCH'],
    ['not_json', 'JSON_SYNTAX'],
    ['write', 'ENOSPC'],
    ['aborted', 'ABORTED'],
  ]
  it.each(final)('not %s %s', (type, code) => {
    expect(after(failed(type, code))).toMatchObject({ kind: 'done', failure: { type, code } })
  })

  it('of the statuses 408, 429, 500, 502, 503, 504, 522 and 524, and no other', () => {
    const retriedStatuses: number[] = []
    for (let statusCode = 100; statusCode < 1000; statusCode++) {
      if (after({ statusCode }).kind === 'retry') retriedStatuses.push(statusCode)
    }
    expect(retriedStatuses).toEqual([408, 429, 500, 502, 503, 504, 522, 524])
  })

  it('never an accepted status, whatever Retry-After says', () => {
    const accept = () => true
    for (const statusCode of [429, 503]) {
      expect(after({ statusCode, retryAfterMs: 1000 }, {}, { accept })).toEqual(ok)
      expect(after({ statusCode, retryAfterMs: 1e9 }, {}, { accept })).toEqual(ok)
    }
  })

  it('no more often than allowed', () => {
    expect(after({ statusCode: 503 }, { retries: 1 })).toMatchObject({ kind: 'retry' })
    expect(after({ statusCode: 503 }, { retries: 2 })).toMatchObject({ kind: 'done', failure: { code: 'HTTP_503' } })
    expect(after({ statusCode: 503 }, {}, { retries: 0 })).toMatchObject({ kind: 'done' })
    const own = { meta: null, timeoutMs: null, retries: 0 }
    expect(after({ statusCode: 503 }, { own })).toMatchObject({ kind: 'done' })
    expect(after({ statusCode: 503 }, { own: { ...own, retries: 3 }, retries: 2 })).toMatchObject({ kind: 'retry' })
    expect(after({ statusCode: 503 }, { own: { ...own, retries: null } })).toMatchObject({ kind: 'retry' })
  })

  it('with idempotent methods, unless the others are allowed, too', () => {
    const outcome = (method: string, retryUnsafe: boolean) =>
      after({ statusCode: 503 }, { request: request(method) }, { retryUnsafe }).kind
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) expect(outcome(method, false)).toBe('retry')
    for (const method of ['POST', 'PATCH', 'PROPPATCH', 'get']) {
      expect(outcome(method, false), method).toBe('done')
      expect(outcome(method, true), method).toBe('retry')
    }
  })

  it('has an allowance of its own for 429, whatever the retries, and whatever the method: it was not carried out', () => {
    const tooMany = { statusCode: 429 }
    const again = { kind: 'retry', cause: 'pushback' }
    expect(after(tooMany, { retries: 2, pushbacks: 9 })).toMatchObject(again)
    expect(after(tooMany, {}, { retries: 0 })).toMatchObject(again)
    expect(after(tooMany, { request: request('POST') })).toMatchObject(again)
    expect(after(tooMany, { pushbacks: 10 })).toMatchObject({ kind: 'done', failure: { code: 'HTTP_429' } })
    expect(after({ ...tooMany, ...failed('network', 'ECONNRESET') }, { retries: 2 })).toMatchObject({ kind: 'done' })
  })

  it('no more than the budget of the run allows, and says so', () => {
    const retryBudget = new RetryBudget(0)
    const next = after({ statusCode: 503 }, {}, { retryBudget })
    expect(next).toMatchObject({ kind: 'done', failure: { code: 'HTTP_503' } })
    expect(next.kind === 'done' && next.failure?.message).toContain('--retry-budget')
    expect(after({ statusCode: 429 }, {}, { retryBudget })).toMatchObject({ kind: 'retry' })
  })

  it('with the key that makes it idempotent, whatever the method', () => {
    const keyed = { ...request('POST'), headers: [['idempotency-key', 'x']] as const }
    expect(after({ statusCode: 503 }, { request: keyed })).toMatchObject({ kind: 'retry', cause: 'failure' })
    expect(after({ statusCode: 503 }, { request: { ...keyed, headers: [] } })).toMatchObject({ kind: 'done' })
  })

  it('with the method of the hop that failed: a POST that became a GET may be repeated', () => {
    expect(after({ statusCode: 503 }, { method: 'POST', request: request('GET') }).kind).toBe('retry')
  })
})

describe('decide: how long a retry waits', () => {
  it('backs off twice as long each time, with jitter', () => {
    const delays = [0, 1, 2].map((retries) => after({ statusCode: 500 }, { retries }, { retries: 5 }))
    expect(delays).toMatchObject([{ delayMs: 250 }, { delayMs: 500 }, { delayMs: 1000 }])
    expect(after({ statusCode: 500 }, {}, { random: () => 0 })).toMatchObject({ delayMs: 0 })
  })

  it('waits as long as Retry-After says, up to the cap', () => {
    expect(after({ statusCode: 429, retryAfterMs: 3000 })).toMatchObject({ kind: 'retry', delayMs: 3000 })
    expect(after({ statusCode: 503, retryAfterMs: 120_000 })).toMatchObject({ kind: 'retry', delayMs: 120_000 })
  })

  it('comes back soon after a 429 where its host is held back as a whole, else as after any failure', () => {
    const late = { pushbacks: 6 }
    expect(after({ statusCode: 429 }, late, { isAdaptive: true })).toMatchObject({ delayMs: 1000 })
    expect(after({ statusCode: 429 }, late, { isAdaptive: false })).toMatchObject({ delayMs: 15_000 })
  })

  it('is done where Retry-After is longer than the cap, and says so', () => {
    const next = after({ statusCode: 503, retryAfterMs: 120_001 })
    expect(next).toMatchObject({ kind: 'done', failure: { type: 'http_status', code: 'HTTP_503' } })
    const message = next.kind === 'done' ? next.failure?.message : undefined
    expect(message).toContain('status 503')
    expect(message).toContain('--max-retry-after')
    expect(message).not.toContain('\n')
  })

  it('does not take a Retry-After for a reason to repeat what would not be repeated', () => {
    expect(after({ statusCode: 404, retryAfterMs: 1000 }).kind).toBe('done')
    expect(after({ statusCode: 503, retryAfterMs: 1000 }, { request: request('POST') }).kind).toBe('done')
    expect(after({ statusCode: 503, retryAfterMs: 1000 }, { retries: 2 }).kind).toBe('done')
  })
})

describe('decide: what is not the URL’s fault', () => {
  const stale: Partial<Attempt> = { ...failed('network', 'ECONNRESET'), stale: true }
  const exhausted: Partial<Attempt> = { ...failed('connect', 'EMFILE'), exhausted: true }

  it('repeats a request that the server had not begun with, whatever it is, a few times, without counting it', () => {
    const declined: Partial<Attempt> = { ...failed('network', 'NGHTTP2_REFUSED_STREAM'), unprocessed: true }
    const posting = request('POST')
    expect(after(declined, { request: posting }, { retries: 0 })).toEqual({
      kind: 'retry',
      delayMs: 0,
      cause: 'declined',
    })
    expect(after(declined, { request: posting, declines: 4 })).toMatchObject({ cause: 'declined' })
    expect(after(declined, { request: posting, declines: 5 })).toMatchObject({ kind: 'done' })
    expect(after(declined, { declines: 5 })).toMatchObject({ cause: 'failure' })
  })

  it('repeats a request on a stale connection at once, once, without counting it', () => {
    expect(after(stale, {}, { retries: 0 })).toEqual({ kind: 'retry', delayMs: 0, cause: 'stale' })
  })

  it('takes a second stale connection for the failure it is', () => {
    expect(after(stale, { freeRetryUsed: true })).toEqual({ kind: 'retry', delayMs: 250, cause: 'failure' })
    expect(after(stale, { freeRetryUsed: true, retries: 2 })).toMatchObject({
      kind: 'done',
      failure: { type: 'network', code: 'ECONNRESET' },
    })
  })

  it('does not repeat a POST that may have arrived', () => {
    expect(after(stale, { request: request('POST') })).toMatchObject({ kind: 'done', failure: { type: 'network' } })
    expect(after(stale, { request: request('POST') }, { retryUnsafe: true })).toMatchObject({ cause: 'stale' })
  })

  it('waits for this machine as often as it takes, whatever the method: nothing was sent', () => {
    for (const changes of [{}, { retries: 2, freeRetryUsed: true }, { request: request('POST') }]) {
      expect(after(exhausted, changes, { retries: 0 })).toMatchObject({ kind: 'retry', cause: 'exhausted' })
    }
    expect(after(exhausted, {}, { random: () => 0 })).toMatchObject({ delayMs: expect.closeTo(100, 0) })
  })
})

describe('decide: redirects', () => {
  const moved: Partial<Attempt> = { statusCode: 302, locations: ['/y'] }

  it('follows 301, 302, 303, 307 and 308 that say where to', () => {
    for (const statusCode of [301, 302, 303, 307, 308]) {
      expect(after({ statusCode, locations: ['/y'] }), `${statusCode}`).toMatchObject({
        kind: 'redirect',
        target: { href: 'http://a.test/y' },
      })
    }
  })

  it('does not follow other statuses that have a Location', () => {
    for (const statusCode of [200, 201, 300, 304, 305]) expect(after({ statusCode, locations: ['/y'] })).toEqual(ok)
    expect(after({ statusCode: 404, locations: ['/y'] })).toMatchObject({ failure: { code: 'HTTP_404' } })
  })

  it('is done with a 3xx without Location, or with an empty one', () => {
    for (const locations of [[], ['']]) {
      expect(after({ statusCode: 302, locations })).toEqual(ok)
      expect(after({ statusCode: 302, locations }, {}, { accept: (status) => status === 200 })).toMatchObject({
        kind: 'done',
        failure: { type: 'http_status', code: 'HTTP_302' },
      })
    }
  })

  it('gives back the 3xx itself where no redirect is to be followed', () => {
    expect(after(moved, {}, { maxRedirects: 0 })).toEqual(ok)
    expect(after(moved, {}, { maxRedirects: 0, accept: (status) => status === 200 })).toMatchObject({
      failure: { type: 'http_status', code: 'HTTP_302' },
    })
  })

  it('follows as many hops as allowed; the next is a failure', () => {
    expect(after(moved, { redirects: 9 }).kind).toBe('redirect')
    expect(after(moved, { redirects: 10 })).toMatchObject({ kind: 'done', failure: { type: 'redirect' } })
    expect(after(moved, { redirects: 1 }, { maxRedirects: 1 })).toMatchObject({ failure: { type: 'redirect' } })
  })

  it('follows whatever status is accepted, and also a POST', () => {
    expect(after(moved, {}, { accept: (status) => status === 200 }).kind).toBe('redirect')
    expect(after(moved, { request: request('POST') }).kind).toBe('redirect')
  })

  it('is done with a redirect that leads nowhere it may', () => {
    for (const location of ['ftp://a.test/', 'http://', 'javascript:alert(1)']) {
      expect(after({ statusCode: 301, locations: [location] }), location).toMatchObject({
        kind: 'done',
        failure: { type: 'redirect' },
      })
    }
  })

  it('does not follow a redirect whose response failed', () => {
    const { failure } = failed('network', 'ECONNRESET')
    expect(after({ ...moved, failure: failure ?? null })).toMatchObject({ kind: 'retry', cause: 'failure' })
  })
})

describe('decide: a 304 to our own condition', () => {
  it('counts as the 200 that it stands for', () => {
    const accept = (statusCode: number) => statusCode === 200
    expect(after({ statusCode: 304, notModified: true }, {}, { accept })).toEqual(ok)
    expect(after({ statusCode: 304, notModified: false }, {}, { accept })).toMatchObject({
      failure: { type: 'http_status', code: 'HTTP_304' },
    })
  })
})
