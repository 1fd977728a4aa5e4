// The values of the command line, checked and typed: readonly Options, or a UsageError that names the option.

import { isIP } from 'node:net'
import { UsageError } from '../core/errors.js'
import { errorTypes, isErrorType } from '../core/outcome.js'
import { selectableFields } from '../core/record.js'
import { longestTimerMs, parseDuration, parseRate, parseSize } from '../core/units.js'
import { progressModes } from '../observers/index.js'
import { sinkFormats } from '../sinks/index.js'
import { sourceFormatNames } from '../sources/index.js'
import { parseHostRule } from './host-rules.js'
import { parseStatuses } from './statuses.js'

/** Reads a value as commander gives it; throws a Rejection that says what is accepted. */
type Reader<T> = (value: unknown) => T

class Rejection extends Error {}

/** A text that `parse` understands; `accepted` says what that is. */
function text<T>(accepted: string, parse: (value: string) => T | undefined): Reader<T> {
  return (value) => {
    const parsed = typeof value === 'string' ? parse(value) : undefined
    if (parsed !== undefined) return parsed
    throw new Rejection(`must be ${accepted}, got ${JSON.stringify(value)}`)
  }
}

const optional =
  <T>(read: Reader<T>): Reader<T | undefined> =>
  (value) =>
    value === undefined ? undefined : read(value)

/** An option that may be given more than once. */
const list =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (value) =>
    Array.isArray(value) ? value.map(read) : []

const flag: Reader<boolean> = (value) => value === true

const integer = (least: number, most: number) =>
  text(`a whole number from ${least} to ${most}`, (value) => {
    const parsed = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return parsed >= least && parsed <= most ? parsed : undefined
  })

const duration = text('a duration with its unit, such as 500ms, 30s, 5m or 2h, of at most 24 days', (value) => {
  const ms = parseDuration(value)
  return ms !== undefined && ms > 0 && ms <= longestTimerMs ? ms : undefined
})
const rate = text('a rate such as 10/s, 600/m or 5000/h', parseRate)
const size = text('a size such as 65536, 500kB, 10MB or 1GiB', parseSize)

/** In a record each of its bytes may be six characters: the line has to be one that can be read again, of 64 MiB at most. */
const mostIncluded = 10 * 2 ** 20
const includedSize = text('a size such as 65536, 500kB or 10MiB, which is the most', (value) => {
  const bytes = parseSize(value)
  return bytes !== undefined && bytes <= mostIncluded ? bytes : undefined
})

const oneOf = <T extends string>(...names: readonly T[]) =>
  text(`one of ${names.join(', ')}`, (value) => names.find((name) => name === value))

const fields = text(`names out of ${selectableFields.join(', ')}, with commas between them`, (value) => {
  const wanted = value.split(',').map((name) => name.trim())
  const known = wanted.flatMap((name) => selectableFields.filter((field) => field === name))
  return known.length === wanted.length ? known : undefined
})

const failureTypes = text(`types of failures out of ${errorTypes.join(', ')}, or all`, (value) => {
  if (value === 'all') return errorTypes
  const wanted = value.split(',').map((name) => name.trim())
  return wanted.every(isErrorType) ? wanted : undefined
})

const included = text('headers, body, or both with a comma between them', (value) => {
  const wanted = value.split(',').map((name) => name.trim())
  if (wanted.some((name) => name !== 'headers' && name !== 'body')) return undefined
  return { headers: wanted.includes('headers'), body: wanted.includes('body') }
})

const failures = text('a number such as 5, or a share of the URLs such as 2%', (value) => {
  const match = /^(\d{1,15})(\.\d+)?(%)?$/.exec(value)
  if (!match || (match[2] && !match[3])) return undefined
  const amount = Number(match[1]) + Number(match[2] ?? 0)
  if (match[3]) return amount <= 100 ? { percent: amount } : undefined
  return { count: amount }
})

const share = text('a share such as 20%, of at most 100%', (value) => {
  const match = /^(\d{1,3}(?:\.\d+)?)%$/.exec(value)
  return match && Number(match[1]) <= 100 ? Number(match[1]) / 100 : undefined
})

const hostRule = text(
  "a host with its limits, such as 'api.example.com: rate=5/s, per-host=2' or '*.example.com: rate=60/m'",
  parseHostRule,
)

/** `--no-x` gives false. */
const unlessOff =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value) =>
    value === false ? null : read(value)

const override = text('host:port:address, the address an IP address', (value) => {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5}):\[?([0-9a-f:.]+)\]?$/i.exec(value)
  const [, host, port, address] = match ?? []
  if (host === undefined || address === undefined || isIP(address) === 0 || Number(port) > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port), address }
})

const anyText = text('a text', (value) => value)
const nonEmpty = text('a text that is not empty', (value) => (value === '' ? undefined : value))

/** Named as commander names them. Defaults stand in the option table: they come here as if typed. */
const readers = {
  inputFormat: oneOf(...sourceFormatNames),
  defaultScheme: oneOf('http', 'https'),
  dedupe: flag,
  shuffle: optional(integer(0, 4_294_967_295)),
  dryRun: flag,
  method: optional(text('a method name such as GET or POST', normalizeMethod)),
  header: list(nonEmpty),
  data: optional(list(anyText)),
  // A field is sent as bytes: what is not ASCII goes out as UTF-8.
  userAgent: optional(
    text('a text of visible characters', (value) =>
      // eslint-disable-next-line no-control-regex
      /^[^\x00-\x1f\x7f-\x9f]+$/.test(value) ? Buffer.from(value).toString('latin1') : undefined,
    ),
  ),
  maxRedirects: integer(0, 100),
  insecure: flag,
  resolve: list(override),
  workers: integer(1, 10_000),
  buffer: integer(1, 10_000_000),
  rate: optional(rate),
  perHost: optional(integer(1, 10_000)),
  globalRate: optional(rate),
  host: list(hostRule),
  adaptive: flag,
  receipt: optional(nonEmpty),
  timeout: duration,
  connectTimeout: duration,
  idleTimeout: optional(duration),
  deadline: optional(duration),
  grace: duration,
  retries: integer(0, 100),
  retryUnsafe: flag,
  retryBudget: share,
  breaker: unlessOff(duration),
  maxRetryAfter: duration,
  output: optional(nonEmpty),
  overwrite: flag,
  resume: flag,
  retryFailed: optional(failureTypes),
  fsync: oneOf('always', 'interval', 'never'),
  format: optional(oneOf(...Object.keys(sinkFormats))),
  fields: optional(fields),
  only: optional(oneOf('ok', 'failed')),
  save: optional(nonEmpty),
  hash: optional(oneOf('sha256')),
  include: optional(included),
  includeLimit: includedSize,
  maxSize: size,
  accept: text('statuses such as 200-299,404 or 2xx', parseStatuses),
  maxFailures: failures,
  failFast: optional(integer(1, 1_000_000_000)),
  progress: oneOf('auto', ...Object.keys(progressModes)),
  quiet: flag,
  color: oneOf('auto', 'always', 'never'),
  verbose: flag,
  publicOnly: flag,
  allowPrivateRedirects: flag,
} satisfies Readonly<Record<string, Reader<unknown>>>

export type Options = { readonly [Name in keyof typeof readers]: ReturnType<(typeof readers)[Name]> }

/**
 * Not a zod schema: that would be most of what a run loads at its start, and more files at a time than `ulimit -n 64` allows.
 *
 * @param variables which options came from the environment, and from which variable
 * @throws {UsageError} for the first value that is wrong
 */
export function parseOptions(
  values: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>> = {},
): Options {
  const unknown = Object.keys(values).find((name) => !(name in readers))
  if (unknown !== undefined) throw new UsageError(`${optionName(unknown)} is no option`)
  const entries = Object.entries(readers).map(([name, read]) => [
    name,
    readOption(variables[name] ?? optionName(name), read, values[name]),
  ])
  const options = Object.fromEntries(entries) as Options
  if (options.publicOnly && options.allowPrivateRedirects) {
    throw new UsageError('--allow-private-redirects contradicts --public-only: leave one of them out')
  }
  return options.retryFailed === undefined ? options : { ...options, resume: true }
}

function readOption(name: string, read: Reader<unknown>, value: unknown): unknown {
  try {
    return read(value)
  } catch (error) {
    if (error instanceof Rejection) throw new UsageError(`${name} ${error.message}`)
    throw error
  }
}

function optionName(attribute: string): string {
  return `--${attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** RFC 9110 §9.1: a token, case-sensitive; the usual methods are forgiven their case. CONNECT is a proxy's. */
function normalizeMethod(value: string): string | undefined {
  const upper = value.toUpperCase()
  if (upper === 'CONNECT' || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value)) return undefined
  return /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE)$/.test(upper) ? upper : value
}
