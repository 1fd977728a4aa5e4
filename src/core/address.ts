// Which addresses belong to the public internet.

import ipaddr from 'ipaddr.js'

/** Global unicast, whatever the spelling; addresses that carry an IPv4 address are judged by that. False for what is no address. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  if (address instanceof ipaddr.IPv6 && address.range() === 'rfc6052') return isPublicAddress(embedded(address))
  return address.range() === 'unicast'
}

/** NAT64, RFC 6052 §2.1: with the well-known prefix the IPv4 address is in the last 32 bits. */
function embedded(address: ipaddr.IPv6): string {
  return address.toByteArray().slice(12).join('.')
}
