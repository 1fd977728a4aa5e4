// Responses of every kind, right and wrong, as bytes: what the fetcher must make the same of however they arrive.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'

export interface Sample {
  readonly name: string
  readonly method: 'GET' | 'HEAD'
  readonly answer: Buffer
  /** What the server does when all of it was sent. */
  readonly end: 'stays' | 'fin' | 'reset'
  /** What another request on the same connection gets. */
  readonly second: Buffer | null
}

type Extras = Partial<Omit<Sample, 'name' | 'answer'>>

const text = 'the quick brown fox jumps over the lazy dog. '.repeat(4)

function sample(name: string, answer: string | Buffer, extras: Extras = {}): Sample {
  const bytes = typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer
  return { name, method: 'GET', answer: bytes, end: 'stays', second: null, ...extras }
}

/** A head and a body of bytes. */
function whole(head: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}Content-Length: ${body.length}\r\n\r\n`), body])
}

/** In chunks of so many bytes. */
function chunked(body: Buffer, bytes: number): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += bytes) {
    const part = body.subarray(at, at + bytes)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const zipped = gzipSync(text)

export const samples: readonly Sample[] = [
  sample('a length', 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world'),
  sample('a length of 0', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  sample('no reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'),
  sample('status 999', 'HTTP/1.1 999 What\r\nContent-Length: 2\r\n\r\nok'),
  sample('line ends before the head', '\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  sample('folds, tabs and latin1', 'HTTP/1.1 200 OK\r\nContent-Type:\t t\xe9xt \r\nX:\r\nContent-Length: 2\r\n\r\nok'),
  sample('chunks', `${chunkedHead}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`),
  sample('extensions', `${chunkedHead}5;a=b;c="d e"\r\nhello\r\n0;z\r\n\r\n`),
  sample('trailers', `${chunkedHead}5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Type: text/evil\r\n\r\n`),
  sample('gzip', whole('Content-Encoding: gzip\r\n', zipped)),
  sample('deflate', whole('Content-Encoding: deflate\r\n', deflateSync(text))),
  sample('raw deflate', whole('Content-Encoding: deflate\r\n', deflateRawSync(text))),
  sample('br', whole('Content-Encoding: br\r\n', brotliCompressSync(text))),
  sample('two layers', whole('Content-Encoding: deflate, gzip\r\n', gzipSync(deflateSync(text)))),
  sample(
    'gzip in chunks',
    Buffer.concat([
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n'),
      chunked(zipped, 13),
    ]),
  ),
  sample('two gzip members', whole('Content-Encoding: gzip\r\n', Buffer.concat([gzipSync('one'), gzipSync('two')]))),
  sample('interim responses', `HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nLink: </x>\r\n\r\n${hello}`),
  sample('HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: a/b\r\n\r\n', { method: 'HEAD' }),
  sample('HEAD, gzip', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n', { method: 'HEAD' }),
  sample('204', 'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n'),
  sample('204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'),
  sample('204 with chunks', `HTTP/1.1 204 No Content\r\n${chunkedHead.slice(17)}2\r\nxx\r\n0\r\n\r\n`),
  sample('HEAD with a body', hello, { method: 'HEAD' }),
  sample('304', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'),
  sample('304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'),
  sample('a redirect with a body', 'HTTP/1.1 301 M\r\nLocation: /there\r\nContent-Length: 5\r\n\r\nmoved'),
  sample(
    'a redirect with chunks',
    `HTTP/1.1 302 F\r\nLocation: /caf\xc3\xa9\r\n${chunkedHead.slice(17)}1\r\nx\r\n0\r\n\r\n`,
  ),
  sample('two Locations', 'HTTP/1.1 302 F\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n'),
  sample(
    'a pause',
    'HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nRateLimit-Remaining: 0\r\nRateLimit-Reset: 9\r\nContent-Length: 0\r\n\r\n',
  ),
  sample('another response after it', hello, {
    second: Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Type: x/y\r\nContent-Length: 3\r\n\r\nwhy'),
  }),
  sample('another response after chunks', `${chunkedHead}5\r\nhello\r\n0\r\n\r\n`, {
    second: Buffer.from(`${chunkedHead}1\r\nx\r\n0\r\n\r\n`),
  }),
  sample('a request to close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello', {
    end: 'fin',
  }),
  sample('a body up to the end', 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello world', { end: 'fin' }),
  sample(
    'gzip up to the end',
    Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'), zipped]),
    {
      end: 'fin',
    },
  ),
  sample('HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nhello', { end: 'fin' }),
  sample('HTTP/1.0, kept alive', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello'),

  sample('a banner', 'SSH-2.0-OpenSSH_9.2p1\r\n'),
  sample('HTTP/0.9', '<html>hello</html>', { end: 'fin' }),
  sample('LF alone', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'),
  sample('a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello'),
  sample('a fold', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n'),
  sample('NUL', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n'),
  sample('two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'),
  sample('two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'),
  sample('a length and chunks', `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n${chunkedHead.slice(17)}0\r\n\r\n`),
  sample('a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'),
  sample('a bad chunk size', `${chunkedHead}5\r\nhello\r\nzz\r\nx\r\n`),
  sample('a huge chunk size', `${chunkedHead}fffffffffffffffff\r\nx`),
  sample('a chunk longer than it says', `${chunkedHead}5\r\nhello!\r\n0\r\n\r\n`),
  sample('a status below 100', 'HTTP/1.1 099 x\r\nContent-Length: 0\r\n\r\n'),
  sample('a 100', 'HTTP/1.1 100 Continue\r\n\r\n'),
  sample('a 101', 'HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),

  sample('nothing', '', { end: 'fin' }),
  sample('half a head', 'HTTP/1.1 200 OK\r\nConte', { end: 'fin' }),
  sample('half a head, reset', 'HTTP/1.1 200 OK\r\nConte', { end: 'reset' }),
  sample('half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello', { end: 'fin' }),
  sample('half a body, reset', 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello', { end: 'reset' }),
  sample('half a chunk', `${chunkedHead}b\r\nhello`, { end: 'fin' }),
  sample('half a chunk size', `${chunkedHead}5\r\nhello\r\n1`, { end: 'fin' }),
  sample('no last chunk', `${chunkedHead}5\r\nhello\r\n`, { end: 'fin' }),
  sample('no last line', `${chunkedHead}5\r\nhello\r\n0\r\n`, { end: 'fin' }),
  sample('a body up to a reset', 'HTTP/1.1 200 OK\r\n\r\nhello', { end: 'reset' }),
  sample('half a redirect', 'HTTP/1.1 302 F\r\nLocation: /x\r\nContent-Length: 9\r\n\r\nmo', { end: 'fin' }),
  sample('gzip cut short', whole('Content-Encoding: gzip\r\n', zipped.subarray(0, -9))),
  sample('gzip that is none', whole('Content-Encoding: gzip\r\n', Buffer.from('not gzip at all, is it'))),
  sample('gzip and more', whole('Content-Encoding: gzip\r\n', Buffer.concat([zipped, Buffer.from('junk')]))),
  sample('too many codings', whole('Content-Encoding: gzip, gzip, gzip\r\n', gzipSync('x'))),
  sample('more than allowed, announced', 'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nhello'),
  sample(
    'more than allowed, in chunks',
    `${chunkedHead}${'80\r\n' + 'x'.repeat(128) + '\r\n'}${'80\r\n' + 'x'.repeat(128) + '\r\n'}`,
  ),
  sample('more than allowed, decoded', whole('Content-Encoding: gzip\r\n', gzipSync(Buffer.alloc(5000, 'x')))),
]

/** Of a body, for the samples that are to have more than that. */
export const sampleMaxBytes = 200
