import { describe, expect, it } from 'vitest'
import { idempotencyText, isIdempotent, keyOf } from '../../src/core/idempotency.js'
import { makeTask } from '../support/values.js'

describe('a request', () => {
  it('may be made again by its method, or by the key that it has', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'POST', 'PATCH', 'PURGE']
    const may = methods.filter((method) => isIdempotent({ method, headers: [], body: null }))
    expect(may).toEqual(methods.slice(0, 6))
    expect(isIdempotent({ method: 'POST', headers: [['IDEMPOTENCY-key', 'x']], body: null })).toBe(true)
  })
})

describe('what a key is made of', () => {
  const task = makeTask(1, 'http://a.test/', { method: 'POST', headers: [], body: null })
  const own = (meta: string) => ({ meta, timeoutMs: null, retries: null })

  it('is the batch, the place in the list and what stands there', () => {
    const changed = [
      { ...task, id: 2 },
      { ...task, url: 'http://b.test/' },
      { ...task, method: 'PATCH' },
      { ...task, own: own('1') },
      { ...task, own: own('2') },
    ].map((other) => idempotencyText('', other))
    const all = [idempotencyText('', task), idempotencyText('x', task), ...changed]
    expect(new Set(all).size).toBe(7)
    // Redirects and retries change nothing of that.
    expect(idempotencyText('', { ...task, retries: 1, redirects: 1, lastUrl: 'x' })).toBe(idempotencyText('', task))
  })

  it('is shown as a UUID', () => {
    expect(keyOf(new Uint8Array(32).fill(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
    expect(keyOf(new Uint8Array(32))).toBe('00000000-0000-4000-8000-000000000000')
  })
})
