// `--host 'api.example.com: rate=5/s, per-host=2'`: limits of some hosts in place of those for all.

import { isIPv4 } from 'node:net'
import { parseRate } from '../core/units.js'
import type { HostRule } from '../limiters/host-limits.js'

/**
 * A host, with or without its port, or `*.` and a host for every name below it; a colon; `rate=10/s` and `per-host=2`, one of them
 * or both, `none` for no limit. Undefined for anything else.
 */
export function parseHostRule(text: string): HostRule | undefined {
  // A colon is part of a host with a port, and of an address in brackets: the one that counts is before the first setting.
  const [, host, given] = /^([^=]+?)\s*:\s*((?:rate|per-host)\s*=.*)$/is.exec(text.trim()) ?? []
  const pattern = host === undefined ? undefined : parsePattern(host)
  const settings = given === undefined ? undefined : parseSettings(given)
  return pattern === undefined || settings === undefined ? undefined : { pattern, ...settings }
}

/** As `URL.host` writes it, so that one spelling is as good as the other. */
function parsePattern(text: string): string | undefined {
  const [, wildcard = '', name, digits] = /^(\*\.)?(\[[\da-f:.]+\]|[^\s/?#@\\:[\]*]+)(?::(\d{1,5}))?$/i.exec(text) ?? []
  if (name === undefined || !URL.canParse(`http://${name}/`)) return undefined
  const { hostname } = new URL(`http://${name}/`)
  if (wildcard !== '' && (hostname.startsWith('[') || isIPv4(hostname))) return undefined
  if (digits === undefined) return wildcard + hostname
  const port = Number(digits)
  return port >= 1 && port <= 65_535 ? `${wildcard}${hostname}:${port}` : undefined
}

function parseSettings(text: string): Omit<HostRule, 'pattern'> | undefined {
  const settings: { intervalMs?: number | null; perHost?: number } = {}
  for (const setting of text.split(',')) {
    const [, name, value = ''] = /^\s*(rate|per-host)\s*=\s*(\S+)\s*$/i.exec(setting) ?? []
    if (name === undefined) return undefined
    if (name.toLowerCase() === 'rate') {
      const intervalMs = value.toLowerCase() === 'none' ? null : parseRate(value)?.intervalMs
      if (intervalMs === undefined || 'intervalMs' in settings) return undefined
      settings.intervalMs = intervalMs
    } else {
      const perHost = parseCount(value)
      if (perHost === undefined || 'perHost' in settings) return undefined
      settings.perHost = perHost
    }
  }
  return settings
}

function parseCount(text: string): number | undefined {
  if (text.toLowerCase() === 'none') return Number.POSITIVE_INFINITY
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= 10_000 ? count : undefined
}
