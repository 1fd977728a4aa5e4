// The values of the command line, checked and typed: readonly Options, or a UsageError that names the option.

import { UsageError } from '../core/errors.js'
import { inputOptions } from './option-groups/input.js'
import { requestOptions } from './option-groups/request.js'
import { connectionOptions } from './option-groups/connection.js'
import { poolOptions } from './option-groups/pool.js'
import { politenessOptions } from './option-groups/politeness.js'
import { timeOptions } from './option-groups/time.js'
import { retryOptions } from './option-groups/retry.js'
import { outputOptions } from './option-groups/output.js'
import { bodiesOptions } from './option-groups/bodies.js'
import { verdictOptions } from './option-groups/verdict.js'
import { displayOptions } from './option-groups/display.js'
import { safetyOptions } from './option-groups/safety.js'
import { type Reader, Rejection } from './readers.js'

const readers = {
  ...inputOptions.readers,
  ...requestOptions.readers,
  ...connectionOptions.readers,
  ...poolOptions.readers,
  ...politenessOptions.readers,
  ...timeOptions.readers,
  ...retryOptions.readers,
  ...outputOptions.readers,
  ...bodiesOptions.readers,
  ...verdictOptions.readers,
  ...displayOptions.readers,
  ...safetyOptions.readers,
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
  if (options.method === 'HEAD' && (options.match.length > 0 || options.expectJson)) {
    const option = options.expectJson ? '--expect-json' : '--match'
    throw new UsageError(`${option} is about bodies, and --method HEAD brings none: leave one of them out`)
  }
  if (options.csvSafe && options.format !== 'csv') {
    throw new UsageError(`--csv-safe is for --format csv, got ${options.format ?? 'none'}`)
  }
  if (options.http2 && options.warc !== undefined) {
    throw new UsageError('--warc archives HTTP/1.1 as it goes over the wire: leave out --http2')
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
