// What ended a stream of HTTP/2, as a failure.

import type { Failure } from '../types.js'

/** The server has not processed the request (RFC 9113 §8.7): it may be sent again, whatever it is. */
const unprocessed: ReadonlySet<string> = new Set(['NGHTTP2_REFUSED_STREAM', 'NGHTTP2_HTTP_1_1_REQUIRED'])

/** By RFC 9113 §7, and how nghttp2 calls them: somebody did not keep to the protocol. */
const violations: ReadonlySet<string> = new Set([
  'NGHTTP2_PROTOCOL_ERROR',
  'NGHTTP2_FLOW_CONTROL_ERROR',
  'NGHTTP2_FRAME_SIZE_ERROR',
  'NGHTTP2_COMPRESSION_ERROR',
  'NGHTTP2_STREAM_CLOSED',
  'NGHTTP2_SETTINGS_TIMEOUT',
  'ERR_HTTP2_ERROR',
])

/** Of the stream's own: not the socket's, which are as with HTTP/1.1. */
export function isStreamCode(code: string): boolean {
  return code.startsWith('NGHTTP2_') || code === 'ERR_HTTP2_ERROR'
}

export function isUnprocessed(failure: Failure): boolean {
  return unprocessed.has(failure.code)
}

/** @param when how far the response had come */
export function streamFailure(code: string, when: string): Failure {
  const name = code.replace(/^NGHTTP2_/, '')
  if (code === 'NGHTTP2_ENHANCE_YOUR_CALM')
    return {
      type: 'protocol',
      code,
      message: 'the response headers are larger than 64 KiB, or the server wants fewer requests',
    }
  if (violations.has(code)) return { type: 'protocol', code, message: `the response is not valid HTTP/2 (${name})` }
  if (code === 'NGHTTP2_REFUSED_STREAM')
    return { type: 'network', code, message: 'the server did not take the request on this connection' }
  if (code === 'NGHTTP2_HTTP_1_1_REQUIRED')
    return { type: 'network', code, message: 'the server wants HTTP/1.1 for this request' }
  return { type: 'network', code, message: `the server ended the stream ${when} (${name})` }
}
