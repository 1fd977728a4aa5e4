import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/command-line.js'
import { type Options, parseOptions } from '../../src/cli/options.js'
import { optionTable } from '../../src/cli/option-table.js'
import { UsageError } from '../../src/core/errors.js'
import { parseProxyUrl } from '../../src/core/proxy-url.js'
import { selectableFields } from '../../src/core/record.js'

/** As the program does it: from argv to Options. */
function parse(...argv: string[]): Options {
  const command = parseCommandLine(argv, '1.2.3')
  if (command.kind !== 'run') throw new Error(`${argv.join(' ')} runs nothing`)
  return parseOptions(command.values)
}

function refusal(...argv: string[]): string {
  try {
    parse(...argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${argv.join(' ')} was accepted`)
}

describe('without any option', () => {
  it('everything is as design and help say', () => {
    const { accept, ...rest } = parse()
    expect(rest).toEqual({
      inputFormat: 'auto',
      urlColumn: 'url',
      defaultScheme: 'https',
      dedupe: false,
      dryRun: false,
      header: [],
      maxRedirects: 10,
      insecure: false,
      http2: false,
      resolve: [],
      ipv4: false,
      ipv6: false,
      workers: 10,
      buffer: 10_000,
      host: [],
      adaptive: true,
      retryBudget: 0.2,
      breaker: 10_000,
      timeout: 30_000,
      connectTimeout: 10_000,
      grace: 10_000,
      retries: 2,
      retryUnsafe: false,
      maxRetryAfter: 120_000,
      csvSafe: false,
      overwrite: false,
      resume: false,
      fsync: 'interval',
      includeLimit: 65_536,
      maxSize: 100 * 2 ** 20,
      match: [],
      expectJson: false,
      maxFailures: { count: 0 },
      progress: 'auto',
      quiet: false,
      color: 'auto',
      verbose: false,
      publicOnly: false,
      allowPrivateRedirects: false,
    })
    expect([199, 200, 399, 400].map(accept)).toEqual([false, true, true, false])
  })
})

describe('every option', () => {
  it.each(optionTable.filter((row) => row.default !== undefined).map((row) => [row.flags, row.default ?? '']))(
    'has a default that could be typed: %s = %s',
    (flags, value) => {
      const long = /--[a-z-]+/.exec(flags)?.[0] ?? ''
      const { accept: typedAccept, ...typed } = parse(long, value)
      const { accept, ...plain } = parse()
      expect(typed).toEqual(plain)
      expect([200, 404].map(typedAccept)).toEqual([200, 404].map(accept))
    },
  )

  it.each<[string[], Partial<Options>]>([
    [['--input-format', 'lines'], { inputFormat: 'lines' }],
    [['--input-format', 'csv'], { inputFormat: 'csv' }],
    [['--url', 'https://a.test/{id}'], { url: 'https://a.test/{id}' }],
    [['--url-column', 'First Name'], { urlColumn: 'First Name' }],
    [['--default-scheme', 'http'], { defaultScheme: 'http' }],
    [['-X', 'post'], { method: 'POST' }],
    [['--method', 'PROPFIND'], { method: 'PROPFIND' }],
    [['-X', 'Custom'], { method: 'Custom' }],
    [['-H', 'A: 1', '--header', 'B: 2'], { header: ['A: 1', 'B: 2'] }],
    [['-d', 'a', '--data', '@b', '-d', ''], { data: ['a', '@b', ''] }],
    [['-u', 'me:pass'], { user: 'me:pass' }],
    [['-ume:pass'], { user: 'me:pass' }],
    [['--user', '@file'], { user: '@file' }],
    [['--bearer', 'x'], { bearer: 'x' }],
    [['--cookie-jar', 'jar.txt'], { cookieJar: 'jar.txt' }],
    [['-A', 'me/1.0 (+http://me.test)'], { userAgent: 'me/1.0 (+http://me.test)' }],
    [['--max-redirects', '0'], { maxRedirects: 0 }],
    [['-k'], { insecure: true }],
    [['--insecure'], { insecure: true }],
    [['--cacert', 'ca.pem'], { cacert: 'ca.pem' }],
    [['--cert', 'me.pem', '--key', 'me.key'], { cert: 'me.pem', key: 'me.key' }],
    [['--key-pass', '@phrase'], { keyPass: '@phrase' }],
    [['--tls-min', '1.0'], { tlsMin: 'TLSv1' }],
    [['--http2'], { http2: true }],
    [['--tls-min', '1.3'], { tlsMin: 'TLSv1.3' }],
    [['--resolve', 'A.test:80:127.0.0.1'], { resolve: [{ host: 'a.test', port: 80, address: '127.0.0.1' }] }],
    [['--resolve', 'a.test:443:::1'], { resolve: [{ host: 'a.test', port: 443, address: '::1' }] }],
    [['--resolve', 'a.test:443:[::1]'], { resolve: [{ host: 'a.test', port: 443, address: '::1' }] }],
    [['--resolve', '[::1]:80:127.0.0.1'], { resolve: [{ host: '::1', port: 80, address: '127.0.0.1' }] }],
    [['-x', ''], { proxy: null }],
    [['--proxy=socks5://[::1]'], { proxy: parseProxyUrl('socks5://[::1]:1080') }],
    [['--noproxy', '.test,10.0.0.0/8'], { noproxy: '.test,10.0.0.0/8' }],
    [['--unix-socket', '/run/docker.sock'], { unixSocket: '/run/docker.sock' }],
    [['-4'], { ipv4: true }],
    [['-6'], { ipv6: true }],
    [['-w', '1'], { workers: 1 }],
    [['-w5'], { workers: 5 }],
    [['--workers=7'], { workers: 7 }],
    [['--buffer', '1'], { buffer: 1 }],
    [['-r', '10/s'], { rate: { intervalMs: 100 } }],
    [['--rate', '600/m'], { rate: { intervalMs: 100 } }],
    [['--rate', '5000/h'], { rate: { intervalMs: 720 } }],
    [['--per-host', '3'], { perHost: 3 }],
    [['--global-rate', '0.5/s'], { globalRate: { intervalMs: 2000 } }],
    [['--no-adaptive'], { adaptive: false }],
    [
      [
        '--host',
        'A.test:8080: rate=5/s, per-host=2',
        '--host',
        '*.b.test: rate=none',
        '--host',
        'a.test: header=X-Key: a, b',
      ],
      {
        host: [
          { pattern: 'a.test:8080', intervalMs: 200, perHost: 2 },
          { pattern: '*.b.test', intervalMs: null },
          { pattern: 'a.test', header: 'X-Key: a, b' },
        ],
      },
    ],
    [['--public-only'], { publicOnly: true }],
    [['--allow-private-redirects'], { allowPrivateRedirects: true }],
    [['--receipt', 'polite.json'], { receipt: 'polite.json' }],
    [['--retry-budget', '0%'], { retryBudget: 0 }],
    [['--retry-budget', '12.5%'], { retryBudget: 0.125 }],
    [['--breaker', '5m'], { breaker: 300_000 }],
    [['--no-breaker'], { breaker: null }],
    [['--dedupe', '--dry-run'], { dedupe: true, dryRun: true }],
    [['--shuffle=7'], { shuffle: 7 }],
    [['-t', '500ms'], { timeout: 500 }],
    [['--timeout', '1.5m'], { timeout: 90_000 }],
    [['--connect-timeout', '2s'], { connectTimeout: 2000 }],
    [['--idle-timeout', '5s'], { idleTimeout: 5000 }],
    [['--deadline', '2h'], { deadline: 7_200_000 }],
    [['--grace', '1s'], { grace: 1000 }],
    [['--retries', '0'], { retries: 0 }],
    [['--retry-unsafe'], { retryUnsafe: true }],
    [['--max-retry-after', '5m'], { maxRetryAfter: 300_000 }],
    [['-o', 'out.jsonl'], { output: 'out.jsonl' }],
    [['--overwrite'], { overwrite: true }],
    [['--resume'], { resume: true }],
    [['--retry-failed=timeout,dns'], { resume: true, retryFailed: ['timeout', 'dns'] }],
    [['--retry-failed', 'http_status'], { resume: true, retryFailed: ['http_status'] }],
    [['--fsync', 'always'], { fsync: 'always' }],
    [['--fsync', 'never'], { fsync: 'never' }],
    [['-f', 'csv'], { format: 'csv' }],
    [['--format', 'table'], { format: 'table' }],
    [['--format', 'jsonl'], { format: 'jsonl' }],
    [['--fields', 'url,ok, status_code'], { fields: ['url', 'ok', 'status_code'] }],
    [['--fields', selectableFields.join(',')], { fields: [...selectableFields] }],
    [
      ['--fields', 'id,headers.ETag, body.items.0.id,meta.x'],
      { fields: ['id', 'headers.ETag', 'body.items.0.id', 'meta.x'] },
    ],
    [['-f', 'csv', '--csv-safe'], { csvSafe: true }],
    [['--only', 'ok'], { only: 'ok' }],
    [['--only', 'failed'], { only: 'failed' }],
    [['--only', 'changed'], { only: 'changed' }],
    [['--since', 'last.jsonl'], { since: 'last.jsonl' }],
    [['--state', 'links.jsonl'], { state: 'links.jsonl' }],
    [['--save', 'pages/'], { save: 'pages/' }],
    [['--warc', 'out.warc.gz'], { warc: 'out.warc.gz' }],
    [['--hash', 'sha256'], { hash: 'sha256' }],
    [['--include', 'headers'], { include: { headers: true, body: false } }],
    [['--include', 'body, headers'], { include: { headers: true, body: true } }],
    [['--include-limit', '1MB'], { includeLimit: 1e6 }],
    [['--include-limit', '10MiB'], { includeLimit: 10 * 2 ** 20 }],
    [['--max-size', '1GiB'], { maxSize: 2 ** 30 }],
    [['--max-size', '65536'], { maxSize: 65_536 }],
    [['--match', 'a b', '--match', '/b/i'], { match: [/a b/, /b/i] }],
    [['--expect-json'], { expectJson: true }],
    [['--max-failures', '5'], { maxFailures: { count: 5 } }],
    [['--max-failures', '2%'], { maxFailures: { percent: 2 } }],
    [['--max-failures', '0.5%'], { maxFailures: { percent: 0.5 } }],
    [['--fail-fast'], { failFast: 1 }],
    [['--idempotency-key'], { idempotencyKey: '' }],
    [['--idempotency-key=May'], { idempotencyKey: 'May' }],
    [['--fail-fast=3'], { failFast: 3 }],
    [['--progress', 'json'], { progress: 'json' }],
    [['--progress', 'none'], { progress: 'none' }],
    [['-q'], { quiet: true }],
    [['--color', 'never'], { color: 'never' }],
    [['-v'], { verbose: true }],
  ])('%j is understood', (argv, expected) => {
    expect(parse(...argv)).toMatchObject(expected)
  })

  it('--accept is a set of statuses', () => {
    const { accept } = parse('--accept', '200-299,404')
    expect([200, 299, 300, 404, 405].map(accept)).toEqual([true, true, false, true, false])
  })
})

describe('a bad value', () => {
  it.each<[option: string, value: string, accepted: string]>([
    ['--input-format', 'xml', 'lines'],
    ['--default-scheme', 'ftp', 'one of http, https'],
    ['--method', 'GET /', 'GET'],
    ['--method', '', 'GET'],
    ['--method', 'CONNECT', 'GET'],
    ['--user-agent', 'a\r\nX-Injected: 1', 'visible'],
    ['--max-redirects', '-1', '0'],
    ['--max-redirects', '1.5', 'whole number'],
    ['--cacert', '', 'empty'],
    ['--tls-min', '1.4', '1.0, 1.1, 1.2, 1.3'],
    ['--tls-min', 'toString', '1.0, 1.1, 1.2, 1.3'],
    ['--resolve', 'a.test:80', 'host:port:address'],
    ['--resolve', 'a.test:80:b.test', 'address'],
    ['--resolve', 'a.test:65536:127.0.0.1', 'host:port:address'],
    ['--resolve', ':80:127.0.0.1', 'host:port:address'],
    ['--cookie-jar', '', 'file name'],
    ['--save', '', 'empty'],
    ['--warc', '', 'empty'],
    ['--hash', 'md5', 'sha256'],
    ['--include', 'cookies', 'headers, body'],
    ['--include', '', 'headers, body'],
    ['--include-limit', '0', 'size'],
    ['--include-limit', '10485761', '10MiB, which is the most'],
    ['--workers', '0', '1'],
    ['--workers', 'ten', 'whole number'],
    ['--workers', '1e3', 'whole number'],
    ['--workers', '', 'whole number'],
    ['--workers', '999999', '10000'],
    ['--buffer', '0', '1'],
    ['--rate', '10', '10/s'],
    ['--rate', '10/d', '10/s'],
    ['--rate', '0/s', '10/s'],
    ['--rate', '-1/s', '10/s'],
    ['--per-host', '0', '1'],
    ['--global-rate', 'fast', '10/s'],
    ['--host', 'a.test', 'api.example.com: rate=5/s'],
    ['--host', 'a.test: rate=5', 'api.example.com: rate=5/s'],
    ['--host', '*: rate=5/s', 'api.example.com: rate=5/s'],
    ['--receipt', '', 'empty'],
    ['--retry-budget', '20', '20%'],
    ['--retry-budget', '101%', '20%'],
    ['--breaker', '10', '30s'],
    ['--shuffle', 'x', 'whole number'],
    ['--shuffle', '4294967296', 'whole number'],
    ['--timeout', '30', '30s'],
    ['--timeout', '0s', '30s'],
    ['--timeout', '30 s', '30s'],
    ['--timeout', '1000h', '24 days'],
    ['--connect-timeout', '10x', '30s'],
    ['--idle-timeout', '-1s', '30s'],
    ['--deadline', 'tomorrow', '30s'],
    ['--grace', '5', '30s'],
    ['--retries', '-1', '0'],
    ['--max-retry-after', '120', '30s'],
    ['--output', '', 'empty'],
    ['--format', 'xml', 'jsonl'],
    ['--fields', 'url,nonsense', 'status_code'],
    ['--fields', '', 'status_code'],
    ['--fields', 'url,,ok', 'status_code'],
    ['--fields', 'constructor', 'status_code'],
    ['--fields', 'body.', 'body.items.0.id'],
    ['--fields', 'constructor.x', 'headers.etag'],
    ['--match', '(', 'Unterminated group'],
    ['--match', '', '/word/i'],
    ['--match', '/x/g', 'i, m, s, u, v'],
    ['--only', 'all', 'one of ok, failed'],
    ['--max-size', '0', '10MB'],
    ['--max-size', '10mb', '10MB'],
    ['--max-size', '10 MB', '10MB'],
    ['--accept', '20', '200-299'],
    ['--accept', '300-200', '200-299'],
    ['--max-failures', '-1', '2%'],
    ['--max-failures', '101%', '2%'],
    ['--max-failures', '1.5', '2%'],
    ['--progress', 'fancy', 'plain'],
    ['--fsync', 'sometimes', 'always, interval, never'],
    ['--progress', 'toString', 'plain'],
    ['--color', 'yes', 'always'],
    ['--fail-fast', '0', '1'],
    ['--fail-fast', 'x', 'whole number'],
  ])('is told with its option and what is accepted: %s %j', (option, value, accepted) => {
    const message = refusal(`${option}=${value}`)
    expect(message).toContain(option)
    expect(message).toContain(JSON.stringify(value))
    expect(message).toContain(accepted)
    expect(message).not.toMatch(/[\r\n]/)
  })

  it('is told in one line, whatever was typed', () => {
    const message = refusal('--workers', 'a\nb\u001b[31m')
    expect(message).not.toContain('\n')
    expect(message).not.toContain('\u001b')
  })

  it('is told for each of several', () => {
    expect(refusal('--resolve', 'a.test:80:127.0.0.1', '--resolve', 'bad')).toMatch(/--resolve.*"bad"/)
  })

  it('is told for options that contradict each other', () => {
    expect(refusal('--public-only', '--allow-private-redirects')).toBe(
      '--allow-private-redirects contradicts --public-only: leave one of them out',
    )
  })
  it('--warc and --http2 do not go together', () => {
    expect(refusal('--warc', 'x.warc', '--http2')).toContain('leave out --http2')
  })

  it('is told for a path into a field that has no parts', () => {
    expect(refusal('--fields', 'id,url.host')).toBe('--fields url.host: url has no parts, headers, body, meta have')
  })

  it('is told for rules of bodies where none come', () => {
    expect(refusal('-X', 'HEAD', '--match', 'x')).toBe(
      '--match is about bodies, and --method HEAD brings none: leave one of them out',
    )
    expect(refusal('-X', 'HEAD', '--expect-json')).toContain('--expect-json')
  })

  it('is told for --csv-safe without csv', () => {
    expect(refusal('--csv-safe')).toBe('--csv-safe is for --format csv, got none')
    expect(refusal('--csv-safe', '-f', 'jsonl')).toBe('--csv-safe is for --format csv, got jsonl')
  })

  it('is one of the options that exist, under the name that they have', () => {
    const message = refusal('--connect-timeout', '1')
    expect(message.startsWith('--connect-timeout must be ')).toBe(true)
  })
})

describe('--shuffle without a seed', () => {
  it('takes one by chance, and leaves what follows to be a list', () => {
    const seeds = [1, 2, 3].map(() => parse('--shuffle', 'urls.txt').shuffle)
    expect(new Set(seeds).size).toBe(3)
  })
})

describe('--user-agent', () => {
  it('is sent as UTF-8, as other headers are', () => {
    const { userAgent } = parse('-A', 'Müller 日本')
    expect(Buffer.from(userAgent ?? '', 'latin1').toString('utf8')).toBe('Müller 日本')
  })
})
