import { describe, expect, it } from 'vitest'
import { errorCode, exitCode, isExpected, type MaxFailures, type Verdict } from '../../src/cli/exit-code.js'
import { InputError, ReaderGoneError, SinkError, UsageError } from '../../src/core/errors.js'
import type { EndCause } from '../../src/types.js'

const none: MaxFailures = { count: 0 }

function codeOf(changes: Partial<Verdict> = {}): number {
  return exitCode({ read: 10, failed: 0, maxFailures: none, cause: null, ...changes })
}

describe('exitCode: the run finished', () => {
  it('0: every URL ok, or no URL at all', () => {
    expect(codeOf()).toBe(0)
    expect(codeOf({ read: 0 })).toBe(0)
    expect(codeOf({ read: 0, maxFailures: { percent: 0 } })).toBe(0)
  })

  it('0: failures within what is allowed; 1: one more', () => {
    expect(codeOf({ failed: 1 })).toBe(1)
    expect(codeOf({ failed: 3, maxFailures: { count: 3 } })).toBe(0)
    expect(codeOf({ failed: 4, maxFailures: { count: 3 } })).toBe(1)
    expect(codeOf({ read: 50, failed: 1, maxFailures: { percent: 2 } })).toBe(0)
    expect(codeOf({ read: 50, failed: 2, maxFailures: { percent: 2 } })).toBe(1)
    expect(codeOf({ read: 49, failed: 1, maxFailures: { percent: 2 } })).toBe(1)
    expect(codeOf({ failed: 10, maxFailures: { percent: 100 } })).toBe(0)
    expect(codeOf({ failed: 1, maxFailures: { percent: 0 } })).toBe(1)
  })

  it('0: exactly the share that is allowed, whatever it is as a binary fraction', () => {
    for (let tenths = 1; tenths <= 1000; tenths++) {
      const share = { maxFailures: { percent: tenths / 10 }, read: 1000 }
      expect(codeOf({ ...share, failed: tenths }), `${tenths / 10}%`).toBe(0)
      expect(codeOf({ ...share, failed: tenths + 1 }), `more than ${tenths / 10}%`).toBe(1)
    }
    expect(codeOf({ read: 10_000, failed: 57, maxFailures: { percent: 0.57 } })).toBe(0)
  })
})

describe('exitCode: the run ended early', () => {
  it.each<[number, string, EndCause]>([
    [3, 'output not writable', { kind: 'error', error: new SinkError('cannot write out.jsonl') }],
    [3, 'internal error', { kind: 'error', error: new TypeError('x is not a function') }],
    [3, 'something thrown that is no Error', { kind: 'error', error: undefined }],
    [3, 'a list that broke off in the middle', { kind: 'error', error: new InputError('cannot read urls.txt') }],
    [4, '--deadline', { kind: 'deadline' }],
    [4, '--fail-fast', { kind: 'fail-fast' }],
    [129, 'SIGHUP', { kind: 'signal', name: 'SIGHUP' }],
    [130, 'SIGINT', { kind: 'signal', name: 'SIGINT' }],
    [143, 'SIGTERM', { kind: 'signal', name: 'SIGTERM' }],
    [141, 'the reader of stdout went away', { kind: 'reader-gone' }],
    [141, 'the same, as an error', { kind: 'error', error: new ReaderGoneError('EPIPE') }],
  ])('%i: %s, however many URLs failed', (code, _name, cause) => {
    expect(codeOf({ cause })).toBe(code)
    expect(codeOf({ cause, failed: 10 })).toBe(code)
    expect(codeOf({ cause, failed: 1, maxFailures: { count: 5 } })).toBe(code)
  })

  it('2: a list turned out to be unreadable before anything was fetched', () => {
    const cause: EndCause = { kind: 'error', error: new InputError('urls.txt is UTF-16') }
    expect(codeOf({ cause, read: 0 })).toBe(2)
  })
})

describe('errorCode', () => {
  it.each([
    [2, new UsageError('--workers must be 1..1000, got "0"')],
    [2, new InputError('cannot read urls.txt')],
    [3, new SinkError('cannot write out.jsonl')],
    [141, new ReaderGoneError('EPIPE')],
    [3, new Error('a bug')],
    [3, 'a text'],
  ])('%i: %s', (code, error) => {
    expect(errorCode(error)).toBe(code)
  })
})

describe('isExpected', () => {
  it('tells what a person can mend from a bug of ours', () => {
    const expected = [new UsageError(''), new InputError(''), new SinkError(''), new ReaderGoneError('')]
    expect(expected.map(isExpected)).toEqual([true, true, true, true])
    const unexpected = [new Error(''), new TypeError(''), 'a text', null, { name: 'UsageError' }]
    expect(unexpected.map(isExpected)).toEqual([false, false, false, false, false])
  })
})
