import { describe, expect, it } from 'vitest'
import { beginRequest, resumptionOf } from '../../src/core/resumption.js'
import type { RetryCause } from '../../src/types.js'
import { getRequest, makeTask } from '../support/values.js'

const task = () => makeTask(1, 'http://a.test/x')
const retry = (cause: RetryCause, delayMs = 500) => ({ kind: 'retry', delayMs, cause }) as const

describe('resumptionOf', () => {
  it('is due after the delay of a retry, for the same hop', () => {
    const begun = task()
    expect(resumptionOf(begun, retry('failure'), 1000)).toEqual({ task: begun, dueAt: 1500, cause: 'failure' })
    expect(begun).toEqual(task())
  })

  it('remembers the free retry, and how often the machine was out of something', () => {
    const begun = task()
    resumptionOf(begun, retry('stale'), 0)
    resumptionOf(begun, retry('exhausted'), 0)
    resumptionOf(begun, retry('failure'), 0)
    expect(begun).toMatchObject({ freeRetryUsed: true, exhaustions: 1, retries: 0 })
  })

  it('turns a task to where a redirect leads, at once', () => {
    const begun = task()
    const { target } = makeTask(2, 'http://b.test/y')
    const request = { ...getRequest, method: 'HEAD' }
    const resumption = resumptionOf(begun, { kind: 'redirect', target, request }, 1000)
    expect(resumption).toEqual({ task: begun, dueAt: 1000, cause: null })
    expect(begun).toMatchObject({ target, request, redirects: 1 })
  })
})

describe('beginRequest', () => {
  it('counts retries after failures and 429s apart, and nothing else', () => {
    const begun = task()
    const causes: (RetryCause | null)[] = ['failure', 'pushback', 'pushback', 'stale', 'exhausted', null]
    expect(causes.map((cause) => beginRequest(begun, cause, 7))).toEqual([true, false, false, false, false, false])
    expect(begun).toMatchObject({ retries: 1, pushbacks: 2, since: 7, isStarted: false, lastUrl: 'http://a.test/x' })
  })
})
