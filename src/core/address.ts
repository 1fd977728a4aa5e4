// Which addresses belong to the public internet.

import ipaddr from 'ipaddr.js'

/** RFC 4291 §2.4: all of global unicast that was ever given out. */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]
/** RFC 6052 §2.1: the IPv4 address is in the last 32 bits. Of 64:ff9b:1::/48 (RFC 8215) nobody knows where it is. */
const nat64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96]
/** Public by its registry, but Azure's machines find their host's own services there (IMDS, WireServer). */
const azureHost = '168.63.129.16'

/**
 * Global unicast, whatever the spelling. Services that any network may offer to itself under a well-known address (anycast: AS112,
 * AMT, PCP) are not. NAT64 addresses are judged by the IPv4 address in them. False for what is no address.
 */
export function isPublicAddress(text: string): boolean {
  // IPv4-compatible (RFC 4291 §2.5.5.1): ipaddr.js reads that as IPv4-mapped, which is another address.
  if (!ipaddr.isValid(text) || /^::\d+\./.test(text)) return false
  const address = ipaddr.process(text)
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' && address.toString() !== azureHost
  if (address.match(nat64)) return isPublicAddress(address.toByteArray().slice(12).join('.'))
  return address.match(globalUnicast) && address.range() === 'unicast'
}

/** A host, `hostname:port`, that is an address which is not public, or this machine by name: what is known without asking for the name. */
export function isPrivateByName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(name) ? !isPublicAddress(name) : isLocalhost(name)
}

/** RFC 6761 §6.3: these names are this machine, whatever a resolver says. */
export function isLocalhost(hostname: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(hostname)
}
