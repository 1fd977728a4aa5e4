// A line becomes a task, or is rejected.

import { describe, expect, it } from 'vitest'
import { createTask, cutLine, rejectLine, type TaskTemplate } from '../../src/core/task.js'

const template: TaskTemplate = {
  request: { method: 'POST', headers: [['Accept', '*/*']], body: 'x' },
  defaultScheme: 'http',
}

describe('createTask', () => {
  it('makes a task that has not been anywhere', () => {
    expect(createTask(7, 'example.com:81/x#y', template, 1234)).toMatchObject({
      kind: 'task',
      id: 7,
      url: 'example.com:81/x#y',
      readAt: 1234,
      method: 'POST',
      host: 'example.com:81',
      target: {
        href: 'http://example.com:81/x',
        origin: 'http://example.com:81',
        host: 'example.com:81',
        path: '/x',
        authorization: null,
      },
      request: template.request,
      retries: 0,
      redirects: 0,
      freeRetryUsed: false,
      lastUrl: null,
      firstAttemptAt: null,
      queuedMs: 0,
      limitedMs: 0,
      fetchMs: 0,
    })
  })

  it('shares the request among tasks', () => {
    const [one, two] = [createTask(1, 'a', template, 0), createTask(2, 'b', template, 0)]
    expect(one.kind === 'task' && two.kind === 'task' && one.request === two.request).toBe(true)
  })

  it('makes plain data', () => {
    const task = createTask(1, 'http://u:p@h/', template, 0)
    expect(structuredClone(task)).toEqual(task)
  })

  it('shows no password, but keeps it for the request', () => {
    const task = createTask(1, 'http://user:secret@h/x', template, 0)
    expect(task).toMatchObject({
      url: 'http://user:***@h/x',
      target: { authorization: `Basic ${btoa('user:secret')}` },
    })
    expect(JSON.stringify(task)).not.toContain('secret')
  })

  it('says where the line stands, which by default is nowhere', () => {
    const place = { list: 2, start: 10, end: 12 }
    expect(createTask(1, 'a', template, 0, place)).toMatchObject(place)
    expect(createTask(1, 'a', template, 0)).toMatchObject({ list: -1, start: 0, end: 0 })
  })

  it('rejects what is no URL, with the text as listed', () => {
    expect(createTask(3, 'ftp://u:secret@h/', template, 1234)).toEqual({
      kind: 'rejected',
      id: 3,
      url: 'ftp://u:***@h/',
      readAt: 1234,
      method: 'POST',
      failure: { type: 'invalid_url', code: 'URL_SCHEME', message: 'scheme ftp: is not supported: http and https are' },
      meta: null,
    })
  })
})

describe('rejectLine', () => {
  it('shows no password', () => {
    const failure = { type: 'invalid_url', code: 'X', message: 'x' } as const
    expect(rejectLine(1, 'http://u:p@h/', failure, template, 5)).toEqual({
      kind: 'rejected',
      id: 1,
      url: 'http://u:***@h/',
      readAt: 5,
      method: 'POST',
      failure,
      meta: null,
    })
  })
})

describe('cutLine', () => {
  it('leaves what is short and marks what it cuts', () => {
    expect(cutLine('x'.repeat(256))).toBe('x'.repeat(256))
    expect(cutLine('x'.repeat(257))).toBe(`${'x'.repeat(256)}…`)
    expect(cutLine('')).toBe('')
  })
})
