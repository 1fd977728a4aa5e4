// A URL with places for values: what a row says stays within the place that it was given.

import type { Failure } from '../types.js'
import {
  hasLoneSurrogate,
  missing,
  type Part,
  parsePlaceholders,
  placeholderNames,
  type RowValues,
  unfit,
} from './placeholders.js'

export interface UrlTemplate {
  readonly text: string
  readonly names: readonly string[]
  /** A row has the URL, or its beginning. */
  readonly startsWithValue: boolean
  /** The URL of a row, not parsed yet. */
  readonly fill: (values: RowValues) => string | Failure
}

/**
 * A value at the very beginning is the URL, or its beginning, and stands as it is. In the host it may have only what a host's name is
 * made of. Elsewhere it is percent-encoded, so that it makes no further segment or parameter; and it may not empty its segment of the
 * path, or make `.` or `..` of it, which leads to another resource: encoded dots do as well (URL standard, "double-dot URL path segment").
 */
export function parseUrlTemplate(text: string): UrlTemplate {
  const parts = parsePlaceholders(text)
  const startsWithValue = typeof parts[0] === 'object'
  return { text, names: placeholderNames(parts), startsWithValue, fill: (values) => fill(parts, values) }
}

/** Of a template that has its beginning: one that could be a row's. */
export function exampleUrl({ fill: fillIn }: UrlTemplate): string {
  const filled = fillIn({ text: () => '1', json: () => '1' })
  return typeof filled === 'string' ? filled : ''
}

function fill(parts: readonly Part[], values: RowValues): string | Failure {
  let url = ''
  let isBehindHost = false
  /** Where values begin in the path. */
  const inPath: (readonly [position: number, name: string])[] = []
  for (const part of parts) {
    if (typeof part === 'string') {
      url += part
      continue
    }
    const { name } = part
    const value = values.text(name)
    if (value === undefined) return missing(name)
    if (hasLoneSurrogate(value)) return unfit(name, 'is no valid Unicode')
    if (url === '') {
      url = value.trim()
      continue
    }
    isBehindHost ||= endsBehindHost(url)
    if (!isBehindHost && !/^[a-z0-9._-]+$/i.test(value)) {
      return unfit(name, value === '' ? 'is empty, in the host' : 'has characters that a host has not')
    }
    if (isBehindHost && !/[?#]/.test(url)) inPath.push([url.length, name])
    url += isBehindHost ? encodeURIComponent(value) : value
  }
  for (const [position, name] of inPath) {
    const segment = segmentAt(url, position)
    if (segment === '') return unfit(name, 'is empty: nothing would be left of its segment of the path')
    if (/^(?:\.|%2e){1,2}$/i.test(segment))
      return unfit(name, `makes ${JSON.stringify(segment)} of a segment of the path`)
  }
  return url
}

/** Whether what follows the text is not of the host any more. */
function endsBehindHost(text: string): boolean {
  return /[/?#\\]/.test(text.replace(/^(?:[a-z][a-z0-9+.-]*:(?=[\\/]))?[\\/]*/i, ''))
}

function segmentAt(url: string, position: number): string {
  const begin = url.slice(0, position).search(/[^/\\]*$/)
  const [segment = ''] = /^[^/\\?#]*/.exec(url.slice(begin)) ?? []
  return segment
}
