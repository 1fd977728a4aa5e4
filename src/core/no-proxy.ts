// NO_PROXY: which hosts are asked without a proxy.

import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

interface Rule {
  readonly port: number | null
  /** A name, for itself and all below it; or a network, for the addresses in it. */
  readonly name: string | null
  readonly network: readonly [Address, number] | null
}

/**
 * As curl has it: names with or without a leading dot, or `*.`, stand for themselves and all below them; addresses, IPv6 with brackets or without,
 * and networks (`10.0.0.0/8`) for hosts that are written as addresses: no name is looked up for it. Any of them may have a port. `*` is
 * every host. Commas or white space part them.
 */
export class NoProxy {
  readonly #isAll: boolean
  readonly #rules: readonly Rule[]

  constructor(text: string) {
    const words = text.split(/[\s,]+/).filter((word) => word !== '')
    this.#isAll = words.includes('*')
    this.#rules = words.map(ruleOf).filter((rule) => rule !== null)
  }

  /** No host has a proxy. */
  get isAll(): boolean {
    return this.#isAll
  }

  /** @param hostname as in a URL; IPv6 without brackets */
  has(hostname: string, port: number): boolean {
    if (this.#isAll) return true
    if (this.#rules.length === 0) return false
    const name = hostname.toLowerCase().replace(/\.$/, '')
    const address = ipaddr.isValid(name) ? ipaddr.process(name) : null
    return this.#rules.some((rule) => (rule.port ?? port) === port && matches(rule, name, address))
  }
}

function matches(rule: Rule, name: string, address: Address | null): boolean {
  if (rule.network !== null) return address !== null && isWithin(address, rule.network)
  if (address !== null || rule.name === null) return false
  return name === rule.name || name.endsWith(`.${rule.name}`)
}

function isWithin(address: Address, [network, bits]: readonly [Address, number]): boolean {
  if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, bits)
  return network instanceof ipaddr.IPv6 && address.match(network, bits)
}

/** Null for what can be no host. */
function ruleOf(word: string): Rule | null {
  // A bare IPv6 address has no port: its last group looks like one.
  const isBareAddress = ipaddr.IPv6.isValid(word) || /^[^[\]]*:[^[\]]*:[^[\]]*$/.test(word)
  const [, host = word, digits] = (isBareAddress ? null : /^(.*?)(?::(\d{1,5}))?$/.exec(word)) ?? []
  const port = digits === undefined ? null : Number(digits)
  const text = host.replace(/^\[(.*)\]/, '$1').toLowerCase()
  const network = networkOf(text)
  if (network !== null) return { port, name: null, network }
  const name = text.replace(/^\*?\./, '').replace(/\.$/, '')
  return name === '' || name.includes('/') ? null : { port, name, network: null }
}

function networkOf(text: string): readonly [Address, number] | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text)
  if (!ipaddr.isValid(text)) return null
  const address = ipaddr.process(text)
  return [address, address instanceof ipaddr.IPv4 ? 32 : 128]
}
