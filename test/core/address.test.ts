import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { isLocalhost, isPublicAddress } from '../../src/core/address.js'

// The IANA special-purpose address registries, multicast and what was reserved before there were registries: first and last address.
const specialIpv4 = [
  ['0.0.0.0/8', 'this network', '0.0.0.0', '0.255.255.255'],
  ['10.0.0.0/8', 'private use', '10.0.0.0', '10.255.255.255'],
  ['100.64.0.0/10', 'shared (CGNAT)', '100.64.0.0', '100.127.255.255'],
  ['127.0.0.0/8', 'loopback', '127.0.0.0', '127.255.255.255'],
  ['169.254.0.0/16', 'link local', '169.254.0.0', '169.254.255.255'],
  ['172.16.0.0/12', 'private use', '172.16.0.0', '172.31.255.255'],
  ['192.0.0.0/24', 'IETF protocol assignments', '192.0.0.0', '192.0.0.255'],
  ['192.0.0.0/29', 'DS-Lite', '192.0.0.0', '192.0.0.7'],
  ['192.0.0.8/32', 'dummy address', '192.0.0.8', '192.0.0.8'],
  ['192.0.0.9/32', 'PCP anycast', '192.0.0.9', '192.0.0.9'],
  ['192.0.0.10/32', 'TURN anycast', '192.0.0.10', '192.0.0.10'],
  ['192.0.0.170/31', 'NAT64 discovery', '192.0.0.170', '192.0.0.171'],
  ['192.0.2.0/24', 'TEST-NET-1', '192.0.2.0', '192.0.2.255'],
  ['192.31.196.0/24', 'AS112', '192.31.196.0', '192.31.196.255'],
  ['192.52.193.0/24', 'AMT', '192.52.193.0', '192.52.193.255'],
  ['192.88.99.0/24', '6to4 relay anycast', '192.88.99.0', '192.88.99.255'],
  ['192.168.0.0/16', 'private use', '192.168.0.0', '192.168.255.255'],
  ['192.175.48.0/24', 'AS112', '192.175.48.0', '192.175.48.255'],
  ['198.18.0.0/15', 'benchmarking', '198.18.0.0', '198.19.255.255'],
  ['198.51.100.0/24', 'TEST-NET-2', '198.51.100.0', '198.51.100.255'],
  ['203.0.113.0/24', 'TEST-NET-3', '203.0.113.0', '203.0.113.255'],
  ['224.0.0.0/4', 'multicast', '224.0.0.0', '239.255.255.255'],
  ['240.0.0.0/4', 'reserved', '240.0.0.0', '255.255.255.254'],
  ['255.255.255.255/32', 'limited broadcast', '255.255.255.255', '255.255.255.255'],
] as const

const specialIpv6 = [
  ['::/128', 'unspecified', '::', '::'],
  ['::1/128', 'loopback', '::1', '::1'],
  ['::/96', 'IPv4-compatible', '::2', '::ffff:ffff'],
  ['::ffff:0:0:0/96', 'IPv4-translated', '::ffff:0:0:0', '::ffff:0:ffff:ffff'],
  ['64:ff9b:1::/48', 'local NAT64', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::/64', 'discard only', '100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::/64', 'dummy prefix', '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::/23', 'IETF protocol assignments', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001::/32', 'Teredo', '2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:1::1/128', 'PCP anycast', '2001:1::1', '2001:1::1'],
  ['2001:1::2/128', 'TURN anycast', '2001:1::2', '2001:1::2'],
  ['2001:1::3/128', 'DNS-SD SRP anycast', '2001:1::3', '2001:1::3'],
  ['2001:2::/48', 'benchmarking', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
  ['2001:3::/32', 'AMT', '2001:3::', '2001:3:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:4:112::/48', 'AS112', '2001:4:112::', '2001:4:112:ffff:ffff:ffff:ffff:ffff'],
  ['2001:10::/28', 'ORCHID', '2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:20::/28', 'ORCHIDv2', '2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:30::/28', 'drone identifiers', '2001:30::', '2001:3f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::/32', 'documentation', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::/16', '6to4', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::/48', 'AS112', '2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::/20', 'documentation', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::/16', 'segment routing', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::/7', 'unique local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::/10', 'link local', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::/10', 'site local', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::/8', 'multicast', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['::/3', 'not global unicast', '200::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['4000::/2', 'not global unicast', '4000::', '7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['8000::/1', 'not global unicast', '8000::', 'fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
] as const

const words = (text: string) => text.trim().split(/\s+/)

const publicIpv4 = words(`
  1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
  168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0
  192.31.195.255 192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0
  192.175.47.255 192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
  223.255.255.255
`)

const publicIpv6 = words(`
  2000:: 2001:200:: 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9:: 2003:: 2606:4700::1111
  2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2620:4f:7fff:ffff:ffff:ffff:ffff:ffff 2620:4f:8001::
  3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:1000:: 3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
`)

/** The IPv4 address as the last 32 bits of an IPv6 address, in both spellings. */
function inside(prefix: string, address: string): readonly string[] {
  const [high, low] = ipaddr.IPv4.parse(address).toIPv4MappedAddress().parts.slice(-2)
  return [`${prefix}${address}`, `${prefix}${high?.toString(16)}:${low?.toString(16)}`]
}

describe('a public address', () => {
  it.each([...publicIpv4, ...publicIpv6])('is %s', (address) => expect(isPublicAddress(address)).toBe(true))

  it.each([...specialIpv4, ...specialIpv6])('is none of %s, %s', (_range, _name, first, last) => {
    expect(isPublicAddress(first)).toBe(false)
    expect(isPublicAddress(last)).toBe(false)
  })

  it.each(['169.254.169.254', '100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'])(
    'is not that of the metadata of a cloud: %s',
    (address) => expect(isPublicAddress(address)).toBe(false),
  )

  it.each([
    ['IPv4-mapped', '::ffff:'],
    ['NAT64', '64:ff9b::'],
  ])('is judged by what it carries: %s', (_name, prefix) => {
    for (const [, , first, last] of specialIpv4) {
      for (const address of [...inside(prefix, first), ...inside(prefix, last)]) {
        expect(isPublicAddress(address), address).toBe(false)
      }
    }
    for (const address of publicIpv4.flatMap((carried) => inside(prefix, carried))) {
      expect(isPublicAddress(address), address).toBe(true)
    }
    expect(isPublicAddress(inside(prefix, '168.63.129.16')[1] ?? '')).toBe(false)
  })

  it.each([
    '2002:808:808::',
    '2001:0:808:808::f7f7:f7f7',
    '::8.8.8.8',
    '0:0:0:0:0:0:8.8.8.8',
    '::808:808',
    '::ffff:0:8.8.8.8',
    '64:ff9b:1::808:808',
  ])('is none that a tunnel or a translator of this network may take anywhere: %s', (address) =>
    expect(isPublicAddress(address)).toBe(false),
  )

  it.each(['127.1', '0x7f000001', '0177.0.0.1', '2130706433', '0', '0x7f.1', '[::1]', 'fe80::1%lo'])(
    'is not one in another spelling: %s',
    (address) => expect(isPublicAddress(address)).toBe(false),
  )

  it.each(['', 'localhost', '8.8.8.8:80', '8.8.8.256', 'example.com'])('is not what is no address: %j', (text) =>
    expect(isPublicAddress(text)).toBe(false),
  )
})

describe('localhost', () => {
  it.each(['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.b.localhost.'])('is %s', (name) =>
    expect(isLocalhost(name)).toBe(true),
  )

  it.each(['localhost.example.com', 'notlocalhost', '.localhost', 'localhost..', ''])('is not %j', (name) =>
    expect(isLocalhost(name)).toBe(false),
  )
})
