// -4 and -6: addresses of one family, and what is said where a host has none.

import { isIP, type LookupFunction } from 'node:net'
import { systemCode } from '../core/errors.js'
import type { Failure } from '../types.js'

type Family = 4 | 6

const absences: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_ADDRFAMILY', 'EAI_NODATA'])

/**
 * Asks for that family alone. The system's resolver says of a name without such an address what it says of one that does not exist: it is asked once
 * more then, for any.
 */
export function lookupOfFamily(family: Family, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, family }, (error, answer, found) => {
      if (error === null || !absences.has(systemCode(error) ?? '')) return callback(error, answer, found)
      lookup(hostname, { ...options, family: 0 }, (otherError) =>
        callback(otherError ?? Object.assign(new Error('no such address'), { code: 'ENODATA', family }), answer, found),
      )
    })
}

/** Of an address that is named where one of the other family is asked for. */
export function foreignFailure(address: string, family: Family | undefined): Failure | null {
  if (family === undefined || isIP(address) === family) return null
  return { type: 'dns', code: 'ENODATA', message: `${address} is no IPv${family} address (-${family})` }
}

/** The family for want of which a lookup failed. */
export function missingFamily(error: unknown): Family | null {
  if (typeof error !== 'object' || error === null || !('family' in error)) return null
  return error.family === 4 || error.family === 6 ? error.family : null
}
