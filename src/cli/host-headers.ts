// `--host 'a.test: header=X-Key: abc'`: header fields of some hosts.

import { HostHeaderTable } from '../core/host-headers.js'
import type { HostSettings } from './host-rules.js'
import { parseHeaders } from './request-options.js'

/**
 * Null where no host has any.
 *
 * @param option what --host is called in messages, where it came from the environment
 * @throws {UsageError} for what is no header, or a file that cannot be read; values are not shown
 */
export function hostHeaders(rules: readonly HostSettings[], option = '--host'): HostHeaderTable | null {
  const given = rules.flatMap(({ pattern, header }) =>
    header === undefined ? [] : [{ pattern, headers: parseHeaders([header], `header of ${option}`) }],
  )
  return given.length === 0 ? null : new HostHeaderTable(given)
}
