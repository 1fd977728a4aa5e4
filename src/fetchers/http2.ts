// The fetcher that speaks HTTP/2 where the server does. Loaded only where that is asked for.

import type { Fetcher } from '../types.js'
import { H2Pool } from './h2-pool.js'
import type { FetcherOptions } from './options.js'
import { createUndiciFetcher } from './undici.js'

export function createHttp2Fetcher(options: FetcherOptions): Fetcher {
  return createUndiciFetcher(options, (parts) => new H2Pool(parts))
}
