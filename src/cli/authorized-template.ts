// `-u --bearer`: who asks, beside what is sent with every URL of the list.

import { UsageError } from '../core/errors.js'
import {
  readFile,
  type RequestOptions,
  type RequestTemplate,
  requestTemplate,
  type RequestVariables,
} from './request-options.js'

export interface AuthorizedOptions extends RequestOptions {
  readonly user?: string | undefined
  readonly bearer?: string | undefined
}

/** What options are called in messages, where they came from the environment. */
export type AuthorizedVariables = RequestVariables & Readonly<Partial<Record<'user' | 'bearer', string>>>

/** @throws {UsageError} which never shows what is secret, as requestTemplate does */
export function authorizedTemplate(options: AuthorizedOptions, variables: AuthorizedVariables = {}): RequestTemplate {
  const { header = '--header', user = '--user', bearer = '--bearer' } = variables
  const template = requestTemplate(options, variables)
  if (options.user === undefined && options.bearer === undefined) return template
  if (options.user !== undefined && options.bearer !== undefined) {
    throw new UsageError(`${user} contradicts ${bearer}: leave one of them out`)
  }
  if (template.request.headers.some(([name]) => name.toLowerCase() === 'authorization')) {
    const option = options.user === undefined ? bearer : user
    throw new UsageError(`${option} contradicts the Authorization of ${header}: leave one of them out`)
  }
  const authorization =
    options.user === undefined
      ? bearerAuthorization(options.bearer ?? '', bearer)
      : basicAuthorization(options.user, user)
  const { request, bodyRequest } = template
  return { request: { ...request, authorization }, bodyRequest: { ...bodyRequest, authorization } }
}

// RFC 7617 §2: no control characters, and only the first colon separates; in UTF-8, which its charset parameter names alone.
function basicAuthorization(given: string, option: string): string {
  const credentials = secret(given, option)
  const isComplete = credentials.includes(':')
  // eslint-disable-next-line no-control-regex
  if (!isComplete || /[\x00-\x1f\x7f]/.test(credentials)) {
    const got = isComplete ? 'one with a control character' : 'one without a colon'
    throw new UsageError(`${option} must be user:password, or @file, got ${got}`)
  }
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

// RFC 6750 §2.1 allows fewer characters than are in use, such as the `|` of some.
function bearerAuthorization(given: string, option: string): string {
  const token = secret(given, option)
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const got = token === '' ? 'none' : 'one with white space or other characters'
    throw new UsageError(`${option} must be a token of visible ASCII characters, or @file, got ${got}`)
  }
  return `Bearer ${token}`
}

/** Of a file: without the line end that editors put behind it. */
function secret(given: string, option: string): string {
  if (!given.startsWith('@')) return given
  const path = given.slice(1)
  const bytes = readFile(path, option)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
  } catch {
    throw new UsageError(`${option} cannot read ${path}: it is not UTF-8`)
  }
}
