// `--host 'api.example.com: rate=5/s, per-host=2, header=X-Key: abc'`: what holds for some hosts in place of what does for all.

import { isIPv4 } from 'node:net'
import { parseRate } from '../core/units.js'
import type { HostRule } from '../limiters/host-limits.js'

export interface HostSettings extends HostRule {
  /** As -H takes it: `Name: value`, or `@file`. */
  readonly header?: string
}

/**
 * A host, with or without its port, or `*.` and a host for every name below it; a colon; `rate=10/s`, `per-host=2` (`none` for no limit) and
 * `header=Name: value`, at least one of them. The header comes last, and may hold commas. Undefined for anything else.
 */
export function parseHostRule(text: string): HostSettings | undefined {
  // A colon is part of a host with a port, and of an address in brackets: the one that counts is before the first setting.
  const [, host, given = ''] = /^([^=]+?)\s*:\s*((?:rate|per-host|header)\s*=.*)$/is.exec(text.trim()) ?? []
  const pattern = host === undefined ? undefined : parsePattern(host)
  if (pattern === undefined) return undefined
  const { limits, header } = /^(?<limits>.*?)(?:(?:^|,)\s*header\s*=\s*(?<header>.*))?$/is.exec(given)?.groups ?? {}
  if (header === '') return undefined
  const settings = limits === '' && header !== undefined ? {} : parseSettings(limits ?? '')
  return settings === undefined ? undefined : { pattern, ...settings, ...(header !== undefined && { header }) }
}

/** The rules that say something of limits, which is all that they say. */
export function limitRules(rules: readonly HostSettings[]): readonly HostRule[] {
  return rules.map(({ header: _unlimited, ...rule }) => rule).filter((rule) => Object.keys(rule).length > 1)
}

/** What may be shown of a text that is no rule: a host, and limits behind it. Anything else may be a secret. */
export function shownRule(text: string): string {
  const [host = ''] = /^\s*(?:\*\.)?(?:\[[\da-f:.]*\]|[^\s:=,]+)(?=[\s:]|$)(?::\d{1,5}(?!\w))?/i.exec(text) ?? []
  const [limits = ''] =
    /^\s*:(?:\s*(?:rate|per-host)\s*=\s*[\w./]{0,12}(?![^\s,])\s*,?)*/i.exec(text.slice(host.length)) ?? []
  const shown = host + limits
  return shown === text ? text : `${shown.trimEnd()} …`
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

/** Of the limits. */
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
