// Archives of a test: opened like the command does, and exchanges that never were.

import { constants, openSync } from 'node:fs'
import { WarcArchive, type WarcArchiveOptions } from '../../src/archive/index.js'
import type { BodyFailure, Capture } from '../../src/types.js'

export function openWarc(path: string, options: Partial<WarcArchiveOptions> = {}): WarcArchive {
  return new WarcArchive({
    path,
    fd: openSync(path, constants.O_RDWR | constants.O_CREAT),
    size: 0,
    fsync: 'never',
    memoryBytes: 2 ** 20,
    info: [['software', 'test']],
    onFull: () => {},
    ...options,
  })
}

export function storeCapture(
  capture: Capture,
  uri: string,
  truncated: 'length' | 'time' | 'disconnect' | 'unspecified' | null = null,
): Promise<BodyFailure | null> {
  const sent = Buffer.from('GET / HTTP/1.1\r\nhost: a.test\r\n\r\n')
  return new Promise((resolve) => capture.store({ uri, at: 0, remoteIp: '127.0.0.1', sent, truncated }, resolve))
}

/** A response with this body. */
export function archiveResponse(archive: WarcArchive, uri: string, body: Uint8Array): Promise<BodyFailure | null> {
  const capture = archive.capture()
  capture.write(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`))
  for (let at = 0; at < body.length; at += 50_000) {
    capture.write(body.subarray(at, at + 50_000))
    capture.payload(body.subarray(at, at + 50_000))
  }
  return storeCapture(capture, uri)
}
