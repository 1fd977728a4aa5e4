// Responses as no server should send them: samples with a few random changes.

import type { Random } from './random.js'
import { samples } from './responses.js'

type Change = (bytes: Buffer, random: Random) => Buffer

const tokens = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  ';',
  '\r\n\r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n',
  'HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\n',
  '\x1b]8;;http://x\x07',
  '\xe2\x80\xae',
  '\x16\x03\x01\x02\x00',
]

const fields = [
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: 18446744073709551616',
  'Content-Length: 5, 5',
  'content-length:\t7 ',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, chunked',
  'Content-Encoding: gzip',
  'Content-Encoding: br, deflate',
  'Content-Encoding: ,,identity,',
  'Connection: close',
  'Connection: keep-alive, upgrade',
  'Keep-Alive: timeout=0',
  'Keep-Alive: timeout=999999999999, max=0',
  'Upgrade: h2c',
  'Trailer: X',
  'Retry-After: 0',
  'Retry-After: Wed, 21 Oct 2099 07:28:00 GMT',
  'RateLimit: "a";r=0;t=1',
  'X-RateLimit-Remaining: -1',
  'Location: /again',
  'Location: //',
  'Location: http://[::1/',
  'Location: javascript:alert(1)',
  '__proto__: x',
  ': nameless',
  'no colon',
]

const statusLines = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 204 N',
  'HTTP/1.1 205 R',
  'HTTP/1.1 206 P',
  'HTTP/1.1 301 M',
  'HTTP/1.1 304 N',
  'HTTP/1.1 401 U',
  'HTTP/1.1 429 S',
  'HTTP/1.1 503 S',
  'HTTP/1.1 99 S',
  'HTTP/1.1 0200 OK',
  'HTTP/1.1 1000 OK',
  'HTTP/1.1 -1 OK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1 200',
  'HTTP/1.0 200 OK',
  'HTTP/0.9 200 OK',
  'HTTP/2.0 200 OK',
  'http/1.1 200 OK',
  'ICY 200 OK',
  'HTTP/1.1 200 \xff\x1b[2J',
]

const numbers = [
  '0',
  '1',
  '-1',
  '5',
  '05',
  '+5',
  '5 5',
  '1e3',
  '0x10',
  '4294967296',
  '9007199254740993',
  'ffffffffffffffff',
  '',
]

const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** `bytes` with `count` of them at `at` replaced. */
function replaced(bytes: Buffer, at: number, count: number, by: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + count)])
}

function range(bytes: Buffer, random: Random): readonly [at: number, count: number] {
  const at = random.below(bytes.length + 1)
  return [at, random.below(Math.min(40, bytes.length - at) + 1)]
}

/** In place of one of the matches of `pattern`, if there is any. */
function instead(bytes: Buffer, pattern: RegExp, by: string, random: Random): Buffer {
  const matches = [...bytes.toString('latin1').matchAll(pattern)]
  if (matches.length === 0) return bytes
  const match = random.pick(matches)
  return replaced(bytes, match.index, match[0].length, latin1(by))
}

const changes: readonly Change[] = [
  (bytes, random) => {
    const flipped = Buffer.from(bytes)
    const at = random.below(Math.max(1, flipped.length))
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8))
    return flipped
  },
  (bytes, random) => replaced(bytes, random.below(bytes.length + 1), 0, latin1(random.pick(tokens))),
  (bytes, random) => replaced(bytes, random.below(bytes.length + 1), 1, Buffer.from([random.below(256)])),
  (bytes, random) => replaced(bytes, ...range(bytes, random), Buffer.alloc(0)),
  (bytes, random) => {
    const [at, count] = range(bytes, random)
    return replaced(bytes, at, 0, bytes.subarray(at, at + count))
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => instead(bytes, /\r\n/g, random.pick(['\n', '\r', '\r\r\n', '\n\r']), random),
  (bytes, random) => instead(bytes, /[0-9a-f]+/g, random.pick(numbers), random),
  (bytes, random) => instead(bytes, /^[^\r\n]*/g, random.pick(statusLines), random),
  (bytes, random) => instead(bytes, /(?<=\r\n)[^\r\n]+/g, random.pick(fields), random),
  (bytes, random) => instead(bytes, /\r\n/g, `\r\n${random.pick(fields)}\r\n`, random),
  (bytes, random) => instead(bytes, /(?<=\n)[^\r\n: ]{1,40}(?=:)/g, random.pick(fields).split(':')[0] ?? '', random),
  // Floods of interim responses.
  (bytes, random) => Buffer.concat([latin1('HTTP/1.1 102 P\r\n\r\n'.repeat(random.below(300))), bytes]),
  // More header than is allowed, or nearly so.
  (bytes, random) => instead(bytes, /\r\n/g, `\r\nX: ${'a'.repeat(60_000 + random.below(10_000))}\r\n`, random),
  // What nobody asked for comes right behind.
  (bytes, random) => Buffer.concat([bytes, random.pick(samples).answer]),
  (bytes, random) => {
    const other = random.pick(samples).answer
    const [at] = range(bytes, random)
    return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))])
  },
]

/** A few changes, one after the other; now and then none. Most that are made to a head make it one that nobody can read. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes
  for (let left = random.pick([0, 1, 1, 1, 1, 2, 2, 4]); left > 0; left--)
    mutated = random.pick(changes)(mutated, random)
  return mutated
}
