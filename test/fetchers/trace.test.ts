import { expect, test } from 'vitest'
import type { Connection } from '../../src/fetchers/connection.js'
import { Trace } from '../../src/fetchers/trace.js'
import type { Failure } from '../../src/types.js'

const failure: Failure = { type: 'network', code: 'ECONNRESET', message: 'reset' }

function attemptOn(connection: Pick<Connection, 'isReused'>) {
  return new Trace().attempt({ failure, body: null, connection: connection as Connection, optIns: null })
}

test('a request that a reset of its kept-alive connection kept from being written came upon a stale one', () => {
  expect(attemptOn({ isReused: true }).stale).toBe(true)
  expect(attemptOn({ isReused: false }).stale).toBe(false)
})
