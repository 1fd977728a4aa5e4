// Who may be asked when: limits, what hosts show of theirs, and the witness to it.

import { Receipt } from '../core/receipt.js'
import { GlobalRate } from '../limiters/global-rate.js'
import { HostLimiter } from '../limiters/host-limiter.js'
import { HostLimitTable, type HostRule } from '../limiters/host-limits.js'
import { ProxiedLimiter } from '../limiters/proxied-limiter.js'
import { WitnessedLimiter } from '../limiters/witnessed-limiter.js'
import type { Gate, HostLimits, Limiter, OutageReport, ProxyServer, ReceiptReport } from '../types.js'
import { limitRules } from './host-rules.js'
import type { Options } from './options.js'

export interface Politeness {
  readonly limiter: Limiter
  readonly gate: Gate | null
  /** Some host has a limit of its own: which hosts stand further down the list makes a difference. */
  readonly hasLimits: boolean
  readonly limitsOf: (host: string) => HostLimits
  /** What was observed. Violations of a limit are bugs. */
  receipt(): ReceiptReport
  outages(): OutageReport
}

/**
 * @param workers requests under way at a time, of whatever host
 * @param proxyFor the proxy for an origin; undefined where there is none at all
 */
export function composePoliteness(
  options: Options,
  workers: number,
  proxyFor?: (origin: string) => ProxyServer | null,
): Politeness {
  const defaults = { intervalMs: options.rate?.intervalMs ?? null, perHost: atOnce(options.perHost, workers) }
  const rules = limitRules(options.host).map((rule) => ruleAmong(rule, workers))
  const table = new HostLimitTable(defaults, rules)
  const limitsOf = (host: string): HostLimits => table.of(host)
  const limiter = new HostLimiter({
    ...defaults,
    rules,
    isAdaptive: options.adaptive,
    maxPauseMs: options.maxRetryAfter,
    breakerMs: options.breaker,
  })
  const receipt = new Receipt({ limitsOf, keepAll: options.receipt !== undefined })
  return {
    limiter: new WitnessedLimiter(proxyFor === undefined ? limiter : overProxies(limiter, proxyFor, options), receipt),
    gate: options.globalRate === undefined ? null : new GlobalRate(options.globalRate.intervalMs),
    hasLimits: table.hasLimits,
    limitsOf,
    receipt: () => receipt.report(),
    outages: () => ({ count: limiter.outageCount, hosts: limiter.outages() }),
  }
}

/** Of a host the scheme is not known: it may be either. */
function overProxies(
  limiter: Limiter,
  proxyFor: (origin: string) => ProxyServer | null,
  { breaker }: Options,
): Limiter {
  const isProxied = (host: string) => ['http', 'https'].some((scheme) => proxyFor(`${scheme}://${host}`) !== null)
  return new ProxiedLimiter({ limiter, isProxied, breakerMs: breaker, random: Math.random })
}

/** A limit that the workers alone keep is none: what waits then waits for a worker. */
function atOnce(perHost: number | undefined, workers: number): number {
  return perHost === undefined || perHost >= workers ? Number.POSITIVE_INFINITY : perHost
}

function ruleAmong({ perHost, ...rule }: HostRule, workers: number): HostRule {
  return perHost === undefined ? rule : { ...rule, perHost: atOnce(perHost, workers) }
}
