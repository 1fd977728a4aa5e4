// Tasks and attempts for tests: plain ones, to be changed where a test is about a difference.

import { emptyAttempt } from '../../src/core/attempt.js'
import { createTask } from '../../src/core/task.js'
import type { Attempt, FetchTask, OutageReport, ReceiptReport, RequestSpec } from '../../src/types.js'

export const getRequest: RequestSpec = { method: 'GET', headers: [], body: null }

export function makeTask(id: number, url: string, request: RequestSpec = getRequest): FetchTask {
  const item = createTask(id, url, { request, defaultScheme: 'http' }, 0)
  if (item.kind !== 'task') throw new Error(`${url} was rejected`)
  return item
}

/** A response with status 200, unless changed. */
export function makeAttempt(changes: Partial<Attempt> = {}): Attempt {
  return { ...emptyAttempt(0, 0), statusCode: 200, httpVersion: '1.1', remoteIp: '127.0.0.1', ...changes }
}

/** Nothing was asked of anybody. */
export const noReceipt: ReceiptReport = {
  requests: 0,
  status429: 0,
  hosts: [],
  forgotten: { hosts: 0, requests: 0 },
  violations: { count: 0, first: [] },
}

export const noOutages: OutageReport = { count: 0, hosts: [] }
