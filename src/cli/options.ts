// The values of the command line, checked and typed: readonly Options, or a UsageError that names the option.

import { isIP } from 'node:net'
import { z } from 'zod'
import { UsageError } from '../core/errors.js'
import { parseDuration, parseRate, parseSize } from '../core/units.js'
import { progressModes } from '../observers/index.js'
import { recordFields } from '../record-schema.js'
import { sinkFormats } from '../sinks/index.js'
import { sourceFormatNames } from '../sources/index.js'
import { parseStatuses } from './statuses.js'

/** A text that `parse` understands; `accepted` says what that is. */
function text<T>(accepted: string, parse: (value: string) => T | undefined) {
  return z.string().transform((value, context): T => {
    const parsed = parse(value)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: `must be ${accepted}, got ${JSON.stringify(value)}` })
    return z.NEVER
  })
}

const integer = (least: number, most: number) =>
  text(`a whole number from ${least} to ${most}`, (value) => {
    const parsed = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return parsed >= least && parsed <= most ? parsed : undefined
  })

/** Timers of the event loop hold 2^31 - 1 ms. */
const longestMs = 2 ** 31 - 1
const duration = text('a duration with its unit, such as 500ms, 30s, 5m or 2h, of at most 24 days', (value) => {
  const ms = parseDuration(value)
  return ms !== undefined && ms > 0 && ms <= longestMs ? ms : undefined
})
const rate = text('a rate such as 10/s, 600/m or 5000/h', parseRate)
const size = text('a size such as 65536, 500kB, 10MB or 1GiB', parseSize)

const oneOf = (names: readonly string[]) =>
  text(`one of ${names.join(', ')}`, (value) => (names.includes(value) ? value : undefined))

const fields = text(`names out of ${recordFields.join(', ')}, with commas between them`, (value) => {
  const wanted = value.split(',').map((name) => name.trim())
  const known = wanted.flatMap((name) => recordFields.filter((field) => field === name))
  return known.length === wanted.length ? known : undefined
})

const failures = text('a number such as 5, or a share of the URLs such as 2%', (value) => {
  const match = /^(\d{1,15})(\.\d+)?(%)?$/.exec(value)
  if (!match || (match[2] && !match[3])) return undefined
  const amount = Number(match[1]) + Number(match[2] ?? 0)
  if (match[3]) return amount <= 100 ? { percent: amount } : undefined
  return { count: amount }
})

const override = text('host:port:address, the address an IP address', (value) => {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5}):\[?([0-9a-f:.]+)\]?$/i.exec(value)
  const [, host, port, address] = match ?? []
  if (host === undefined || address === undefined || isIP(address) === 0 || Number(port) > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port), address }
})

const flag = z.boolean().default(false)
const scheme = text('http or https', (value) => (value === 'http' || value === 'https' ? value : undefined))
const only = text('ok or failed', (value) => (value === 'ok' || value === 'failed' ? value : undefined))
const color = text('auto, always or never', (value) =>
  value === 'auto' || value === 'always' || value === 'never' ? value : undefined,
)
const nonEmpty = text('a text that is not empty', (value) => (value === '' ? undefined : value))

/** Named as commander names them. Defaults stand in the option table: they come here as if typed. */
const schema = z.strictObject({
  inputFormat: oneOf(sourceFormatNames),
  defaultScheme: scheme,
  method: text('a method name such as GET or POST', normalizeMethod).optional(),
  header: z.array(nonEmpty).default([]),
  data: z.array(z.string()).optional(),
  // A field is sent as bytes: what is not ASCII goes out as UTF-8.
  userAgent: text('a text of visible characters', (value) =>
    // eslint-disable-next-line no-control-regex
    /^[^\x00-\x1f\x7f-\x9f]+$/.test(value) ? Buffer.from(value).toString('latin1') : undefined,
  ).optional(),
  maxRedirects: integer(0, 100),
  insecure: flag,
  resolve: z.array(override).default([]),
  workers: integer(1, 10_000),
  buffer: integer(1, 10_000_000),
  rate: rate.optional(),
  perHost: integer(1, 10_000).optional(),
  globalRate: rate.optional(),
  adaptive: z.boolean(),
  timeout: duration,
  connectTimeout: duration,
  idleTimeout: duration.optional(),
  deadline: duration.optional(),
  grace: duration,
  retries: integer(0, 100),
  retryUnsafe: flag,
  maxRetryAfter: duration,
  output: nonEmpty.optional(),
  overwrite: flag,
  format: oneOf(Object.keys(sinkFormats)).optional(),
  fields: fields.optional(),
  only: only.optional(),
  maxSize: size,
  accept: text('statuses such as 200-299,404 or 2xx', parseStatuses),
  maxFailures: failures,
  failFast: integer(1, 1_000_000_000).optional(),
  progress: oneOf(['auto', ...Object.keys(progressModes)]),
  quiet: flag,
  color,
  verbose: flag,
})

export type Options = Readonly<z.infer<typeof schema>>

/** Throws UsageError with the first value that is wrong. */
export function parseOptions(values: Readonly<Record<string, unknown>>): Options {
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UsageError(`${optionName(String(issue?.path[0] ?? ''))} ${issue?.message ?? 'is wrong'}`)
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
