// What the tests of ways share: the proxy of a text for all origins.

import { parseProxyUrl } from '../../src/core/proxy-url.js'
import type { FetcherOptions } from '../../src/fetchers/index.js'

/** Fetcher's options for a proxy that is asked for everything. */
export function through(url: string): Pick<FetcherOptions, 'proxyFor'> {
  const proxy = parseProxyUrl(url)
  if (proxy === null) throw new Error(`no proxy: ${url}`)
  return { proxyFor: () => proxy }
}
