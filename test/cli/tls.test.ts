// TLS as one asks for it on the command line, against nginx and openssl s_server.

import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli } from '../support/run-cli.js'
import { certificate, hasNginx, hasOpenssl, type Program, startNginx, startOpenssl } from '../support/tls-programs.js'

const trusting = ['--cacert', certificate('authority.cert'), '--retries', '0', '-q']
const showing = [...trusting, '--cert', certificate('client.cert'), '--key', certificate('client.key')]

async function started(program: Promise<Program>): Promise<Program> {
  const ready = await program
  onTestFinished(() => ready.close())
  return ready
}

const nginx = (directives: string) => started(startNginx(directives))
const openssl = (...args: readonly string[]) => started(startOpenssl(...args))

async function fetchAll(urls: readonly string[], args: readonly string[]) {
  return (await runCli(['-w', '1', '--include', 'body', ...args], { stdin: urls.join('\n') })).records.toSorted(
    (a, b) => a.id - b.id,
  )
}

describe.skipIf(!hasNginx)('nginx', () => {
  const whoAsks = 'location / { return 200 "$ssl_client_verify $ssl_client_s_dn"; }'

  it('that insists on a certificate gets it', async () => {
    const { origin } = await nginx(`ssl_verify_client on; ${whoAsks}`)
    expect(await fetchAll([origin], showing)).toMatchObject([{ ok: true, body: 'SUCCESS CN=poolfetch test client' }])
  })

  it('that insists on a certificate says 400 to those who have none, or another', async () => {
    const { origin } = await nginx(`ssl_verify_client on; ${whoAsks}`)
    expect(await fetchAll([origin], trusting)).toMatchObject([{ error_type: 'http_status', error_code: 'HTTP_400' }])
    const stranger = [...trusting, '--cert', certificate('stranger')]
    expect(await fetchAll([origin], stranger)).toMatchObject([{ error_code: 'HTTP_400' }])
  })

  it.each(['TLSv1.2', 'TLSv1.3'])(
    'with %s is not told who asks by way of a redirect from elsewhere',
    async (version) => {
      const { origin, port } = await nginx(`ssl_verify_client optional; ssl_protocols ${version}; ${whoAsks}
      location /away { return 302 https://a.test:$server_port/; }`)
      const urls = [`${origin}/`, `${origin}/away`, `https://a.test:${port}/`, `${origin}/away`]
      const records = await fetchAll(urls, [...showing, '--resolve', `a.test:${port}:127.0.0.1`])
      const shown = 'SUCCESS CN=poolfetch test client'
      expect(records.map(({ body }) => body)).toEqual([shown, 'NONE ', shown, 'NONE '])
    },
  )

  it('whose authority is not that of --cacert is refused, be it one that Node trusts', async () => {
    const { origin } = await nginx(whoAsks)
    const env = { NODE_EXTRA_CA_CERTS: certificate('authority.cert') }
    expect((await runCli([], { stdin: origin, env })).records).toMatchObject([{ ok: true }])
    const args = ['--cacert', certificate('stranger'), '--retries', '0']
    expect((await runCli(args, { stdin: origin, env })).records).toMatchObject([{ error_type: 'tls' }])
  })
})

describe.skipIf(!hasNginx)('nginx with HTTP/2', () => {
  const http2 = (directives: string) => started(startNginx(directives, 'ssl http2'))
  const urls = (origin: string, count: number) => Array.from({ length: count }, (_, index) => `${origin}/${index}`)

  it('that takes 20 requests on a connection, and 4 at a time, answers each of 200', async () => {
    const { origin } = await http2(
      'keepalive_requests 20; http2_max_concurrent_streams 4; return 200 "$server_protocol";',
    )
    const records = await fetchAll(urls(origin, 200), [...trusting, '--http2', '-w', '16'])
    const good = { ok: true, attempts: 1, http_version: '2', body: 'HTTP/2.0' }
    expect(records).toHaveLength(200)
    for (const record of records) expect(record).toMatchObject(good)
  })

  it('and without --http2 speaks HTTP/1.1', async () => {
    const { origin } = await http2('return 200 "$server_protocol";')
    expect(await fetchAll([origin], trusting)).toMatchObject([{ http_version: '1.1', body: 'HTTP/1.1' }])
  })

  it('shows a certificate of the client where it may be shown', async () => {
    const { origin } = await http2(`ssl_verify_client optional; location / { return 200 "$ssl_client_verify"; }
      location /away { return 302 https://a.test:$server_port/; }`)
    const port = new URL(origin).port
    const args = [...showing, '--http2', '--resolve', `a.test:${port}:127.0.0.1`]
    const records = await fetchAll([`${origin}/`, `${origin}/away`, `https://a.test:${port}/`], args)
    expect(records.map(({ body, http_version: version }) => [body, version])).toEqual([
      ['SUCCESS', '2'],
      ['NONE', '2'],
      ['SUCCESS', '2'],
    ])
  })
})

describe.skipIf(!hasOpenssl)('openssl s_server', () => {
  const insisting = ['-Verify', '1', '-verify_return_error', '-CAfile', certificate('authority.cert')]

  it.each([
    ['-tls1_2', [], /refuses the handshake: .* or it wants a client certificate \(--cert\)/],
    ['-tls1_3', [], /^the server wants a client certificate \(--cert\)$/],
    ['-tls1_2', ['--cert', certificate('stranger')], /^the server does not accept the client certificate \(--cert\)$/],
    ['-tls1_3', ['--cert', certificate('stranger')], /^the server does not accept the client certificate \(--cert\)$/],
  ])('%s that insists on a certificate refuses %j', async (version, args, message) => {
    const { origin } = await openssl(version, ...insisting)
    const [record] = await fetchAll([origin], [...trusting, ...args])
    expect(record).toMatchObject({ error_type: 'tls', attempts: 1 })
    expect(record?.error_message).toMatch(message)
  })

  it.each(['-tls1_2', '-tls1_3'])('%s that insists on a certificate gets it', async (version) => {
    const { origin } = await openssl(version, ...insisting)
    expect(await fetchAll([origin], showing)).toMatchObject([{ ok: true }])
  })

  it.each([
    ['-tls1', '1.0', true],
    ['-tls1', '1.1', false],
    ['-tls1_1', '1.1', true],
    ['-tls1_2', '1.3', false],
    ['-tls1_3', '1.3', true],
  ])('%s with --tls-min %s: %s', async (version, least, ok) => {
    const { origin } = await openssl(version, '-cipher', 'DEFAULT:@SECLEVEL=0')
    const [record] = await fetchAll([origin], [...trusting, '--tls-min', least])
    expect(record).toMatchObject(ok ? { ok } : { ok, error_type: 'tls' })
    if (!ok) expect(record?.error_message).toContain('(--tls-min)')
  })
})
