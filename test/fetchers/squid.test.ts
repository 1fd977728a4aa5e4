// A proxy that others wrote: squid, as Debian has it, with a password. Skipped where there is none.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { startRawServer } from '../support/raw-server.js'
import { through } from './proxied.js'
import { never, taskFor, tls, useOpened } from './setup.js'

const squid = '/usr/sbin/squid'
const basicAuth = '/usr/lib/squid/basic_ncsa_auth'
const { open, openFetcher, fetchOnce } = useOpened()

function canRun(): boolean {
  const missing = [squid, basicAuth].filter((path) => !existsSync(path))
  if (spawnSync('openssl', ['version']).status !== 0) missing.push('openssl')
  if (missing.length > 0) process.stdout.write(`skipped for want of ${missing.join(', ')}\n`)
  return missing.length === 0
}

describe.skipIf(!canRun())('squid', () => {
  let child: ChildProcess
  let port: number
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'poolfetch-squid-'))
    port = await freePort()
    const { stdout } = spawnSync('openssl', ['passwd', '-apr1', 'p%w'], { encoding: 'utf8' })
    await writeFile(join(folder, 'passwd'), `jo:${stdout}`)
    await writeFile(
      join(folder, 'squid.conf'),
      `http_port 127.0.0.1:${port}
pid_filename none
cache_log ${folder}/cache.log
access_log stdio:${folder}/access.log
coredump_dir ${folder}
cache deny all
shutdown_lifetime 0 seconds
dns_nameservers 127.0.0.1
auth_param basic program ${basicAuth} ${folder}/passwd
acl known proxy_auth REQUIRED
acl forbidden port 9
http_access deny forbidden
http_access allow known
http_access deny all
`,
    )
    // It gives up what root may.
    await chmod(folder, 0o777)
    child = spawn(squid, ['-N', '-f', join(folder, 'squid.conf')], { stdio: 'ignore' })
    await listening(port)
  }, 30_000)

  afterAll(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  })

  const way = (credentials = 'jo:p%25w@') => through(`http://${credentials}127.0.0.1:${port}`)

  it('forwards http, and lets https through, over connections that are kept', async () => {
    const http = await open(startHttpServer((_request, response) => void response.end('hello')))
    const https = await open(startHttpServer((_request, response) => void response.end('hello'), { tls }))
    const fetcher = await openFetcher({ insecure: true, ...way() })
    for (const server of [http, https, http, https]) {
      const attempt = await fetcher.fetch(taskFor(`${server.origin}/x`), never)
      expect(attempt).toMatchObject({ failure: null, statusCode: 200, bodyBytes: 5, isProxied: true })
    }
    expect([http.accepted, https.accepted]).toEqual([1, 1])
    expect(http.arrivals[0]?.headers['via']).toContain('squid')
    for (const { headers } of [...http.arrivals, ...https.arrivals]) {
      expect(headers).not.toHaveProperty('proxy-authorization')
    }
    const log = await readFile(join(folder, 'access.log'), 'utf8')
    expect(log).toContain(`GET ${http.origin}/x jo`)
  })

  it.each(['http', 'https'])('wants its password: %s', async (scheme) => {
    for (const credentials of ['', 'jo:wrong@']) {
      const { failure } = await fetchOnce(`${scheme}://127.0.0.1:7/`, way(credentials))
      expect(failure).toMatchObject({ type: 'proxy', code: 'HTTP_407' })
    }
  })

  it('says what it does not allow, and what it cannot reach', async () => {
    expect((await fetchOnce('https://127.0.0.1:9/', way())).failure).toMatchObject({ type: 'proxy', code: 'HTTP_403' })
    const { failure } = await fetchOnce(`https://127.0.0.1:${await freePort()}/`, way())
    expect(failure).toMatchObject({ type: 'proxy', code: 'HTTP_503' })
  })
})

/** Of a server that was closed again. */
async function freePort(): Promise<number> {
  const server = await startRawServer({})
  const { port } = server
  await server.close()
  return port
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('squid does not listen')
}
