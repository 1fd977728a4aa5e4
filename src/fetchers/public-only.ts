// A lookup that knows no address but public ones: what is checked is what is dialled, so a name that answers differently gains nothing.

import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from '../core/address.js'

/** The code of a refused address. */
export const blockedCode = 'PRIVATE_ADDRESS'

export function publicOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, answer, family) => {
      if (error) return callback(error, answer, family)
      const addresses: readonly LookupAddress[] =
        typeof answer === 'string' ? [{ address: answer, family: family ?? 0 }] : answer
      const allowed = addresses.filter(({ address }) => isPublicAddress(address))
      const [first] = allowed
      if (first === undefined && addresses.length > 0) {
        return callback(Object.assign(new Error('no public address'), { code: blockedCode }), answer, family)
      }
      if (typeof answer === 'string') callback(null, answer, family)
      else callback(null, allowed)
    })
}
