import { TLSSocket, type TlsOptions as ServerOptions } from 'node:tls'
import { describe, expect, it } from 'vitest'
import type { TlsOptions } from '../../src/fetchers/secure-context.js'
import type { FetchTask } from '../../src/types.js'
import { startHttpServer } from '../support/http-server.js'
import { never, pem, taskFor, tls as selfSigned, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

const identity = { cert: pem('server.cert'), key: pem('server.key') }
const client = { cert: pem('client.cert'), key: pem('client.key') }
const trusting: TlsOptions = { ca: pem('authority.cert'), client: null, minVersion: null }
const showing: TlsOptions = { ...trusting, client }

/** Answers with the name in the client's certificate, and whether its session went on from an earlier one. */
const whoAsks = (options: ServerOptions = {}) => {
  const tls = { ...identity, ca: pem('authority.cert'), requestCert: true, rejectUnauthorized: false, ...options }
  return open(
    startHttpServer(
      ({ socket }, response) => {
        if (!(socket instanceof TLSSocket)) return response.destroy()
        const name = socket.getPeerCertificate().subject?.CN ?? 'nobody'
        response.setHeader('x-resumed', String(socket.isSessionReused()))
        response.setHeader('content-type', name)
        response.end()
      },
      { tls },
    ),
  )
}

function foreign(url: string): FetchTask {
  const task = taskFor(url)
  task.target = { ...task.target, isForeign: true }
  return task
}

const headers = { store: null, isSaved: () => false, hash: false, headers: true, bodyBytes: null }

describe('authorities', () => {
  it('of the caller are trusted', async () => {
    const { origin } = await whoAsks()
    expect(await fetchOnce(origin, { tls: trusting })).toMatchObject({ statusCode: 200, failure: null })
  })

  it('may be a certificate of the server itself', async () => {
    const { origin } = await whoAsks()
    const pinned = { ...trusting, ca: identity.cert }
    expect(await fetchOnce(origin, { tls: pinned })).toMatchObject({ statusCode: 200 })
  })

  it('that do not vouch for the server are no use', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end(), { tls: selfSigned }))
    expect((await fetchOnce(server.origin, { tls: trusting })).failure).toMatchObject({
      type: 'tls',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
  })
})

describe("the client's certificate", () => {
  it('is shown to a server that asks', async () => {
    const { origin } = await whoAsks()
    expect(await fetchOnce(origin, { tls: showing })).toMatchObject({ contentType: 'poolfetch test client' })
    expect(await fetchOnce(origin, { tls: trusting })).toMatchObject({ contentType: 'nobody' })
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is not shown where a foreign redirect led, on no connection and in no session, with %s',
    async (maxVersion) => {
      const { origin } = await whoAsks({ maxVersion })
      const fetcher = await openFetcher({ tls: showing, keep: headers })
      const names: (string | null)[] = []
      const resumed = new Set<unknown>()
      for (const task of [taskFor(origin), foreign(origin), taskFor(origin), foreign(origin)]) {
        task.hostOutlook = 'none'
        const { contentType, optIns } = await fetcher.fetch(task, never)
        names.push(contentType)
        resumed.add(optIns?.headers?.['x-resumed'])
      }
      const [shown, hidden] = ['poolfetch test client', 'nobody']
      expect(names).toEqual([shown, hidden, shown, hidden])
      // Or nothing would be shown of sessions here.
      expect(resumed).toContain('true')
    },
  )

  it('is not shown on a kept-alive connection either', async () => {
    const server = await whoAsks()
    const fetcher = await openFetcher({ tls: showing })
    const names: (string | null)[] = []
    for (const task of [taskFor(server.origin), foreign(server.origin), taskFor(server.origin), foreign(server.origin)])
      names.push((await fetcher.fetch(task, never)).contentType)
    expect(names).toEqual(['poolfetch test client', 'nobody', 'poolfetch test client', 'nobody'])
    expect(server.accepted).toBe(2)
  })

  it('makes no difference between targets where there is none', async () => {
    const server = await whoAsks()
    const fetcher = await openFetcher({ tls: trusting })
    for (const task of [taskFor(server.origin), foreign(server.origin)]) await fetcher.fetch(task, never)
    expect(server.accepted).toBe(1)
  })

  it('that the server does not accept is a failure that says so', async () => {
    const { origin } = await whoAsks({ rejectUnauthorized: true, minVersion: 'TLSv1.3', ca: selfSigned.cert })
    const { failure } = await fetchOnce(origin, { tls: trusting })
    expect(failure).toMatchObject({ type: 'tls', message: 'the server wants a client certificate (--cert)' })
  })
})

describe('the oldest version', () => {
  const oldest = (minVersion: TlsOptions['minVersion'], maxVersion: ServerOptions['maxVersion']) =>
    whoAsks({ minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT:@SECLEVEL=0' }).then(({ origin }) =>
      fetchOnce(origin, { tls: { ...trusting, minVersion } }),
    )

  it('that is spoken is 1.2', async () => {
    expect(await oldest(null, 'TLSv1.2')).toMatchObject({ statusCode: 200 })
    expect((await oldest(null, 'TLSv1.1')).failure).toMatchObject({ type: 'tls' })
  })

  it.each([
    ['TLSv1', 'TLSv1', true],
    ['TLSv1.1', 'TLSv1.1', true],
    ['TLSv1.1', 'TLSv1', false],
    ['TLSv1.3', 'TLSv1.2', false],
    ['TLSv1.3', 'TLSv1.3', true],
  ] as const)(
    'may be set: with %s a server of %s at most is reached: %s',
    async (minVersion, maxVersion, isReached) => {
      const { statusCode, failure } = await oldest(minVersion, maxVersion)
      expect(statusCode).toBe(isReached ? 200 : null)
      if (!isReached) expect(failure?.message).toContain('no version of TLS that is allowed here (--tls-min)')
    },
  )
})
