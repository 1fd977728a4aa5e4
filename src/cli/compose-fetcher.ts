// How the requests of a run are made.

import { type FetcherOptions, fetchers } from '../fetchers/index.js'
import type { Fetcher } from '../types.js'
import type { Comparison } from './comparison.js'
import type { Options } from './options.js'
import type { RunRoutes } from './routes.js'

/** Null, or undefined, is what the run has no need of. */
export interface FetcherParts extends Pick<FetcherOptions, 'userAgent' | 'maxIdleConnections'> {
  readonly routes: RunRoutes['options']
  readonly tls: FetcherOptions['tls'] | null
  readonly hostHeaders: FetcherOptions['hostHeaders'] | null
  readonly cookies: FetcherOptions['cookies'] | null
  readonly keep: FetcherOptions['keep'] | null
  readonly archive: FetcherOptions['archive'] | null
  readonly changes: Comparison | null
}

export async function composeFetcher(options: Options, parts: FetcherParts): Promise<Fetcher> {
  const { userAgent, maxIdleConnections, routes, tls, hostHeaders, cookies, keep, archive, changes } = parts
  const fetcher = await fetchers[options.http2 ? 'http2' : 'undici']({
    userAgent,
    timeoutMs: options.timeout,
    connectTimeoutMs: options.connectTimeout,
    idleTimeoutMs: options.idleTimeout ?? null,
    maxSizeBytes: options.maxSize,
    insecure: options.insecure,
    ...(tls && { tls }),
    publicOnly: options.publicOnly,
    separateLookups: true,
    resolve: options.resolve,
    ...routes,
    proxyBreakerMs: options.breaker,
    maxRedirects: options.maxRedirects,
    maxIdleConnections,
    ...(hostHeaders && { hostHeaders }),
    ...(cookies && { cookies }),
    ...(keep && { keep }),
    ...(archive && { archive }),
    ...(changes && { conditions: (task) => changes.conditions(task) }),
  })
  if (options.idempotencyKey === undefined) return fetcher
  const { withIdempotencyKeys } = await import('../fetchers/idempotency-keys.js')
  return withIdempotencyKeys(fetcher, options.idempotencyKey)
}
