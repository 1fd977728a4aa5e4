// The registry of fetchers: a new one is a file and a line here.

import type { Fetcher } from '../types.js'
import type { FetcherOptions } from './options.js'

export type { AddressOverride, FetcherOptions, KeepOptions, ReadOptions } from './options.js'
export type { ClientCertificate, TlsOptions, TlsVersion } from './secure-context.js'

export type OpenFetcher = (options: FetcherOptions) => Promise<Fetcher>

/** Fetchers by name. Each is loaded when it is opened, since an HTTP client takes long to load. */
export const fetchers = {
  undici: async (options) => (await import('./undici.js')).createUndiciFetcher(options),
  http2: async (options) => (await import('./http2.js')).createHttp2Fetcher(options),
} as const satisfies Record<string, OpenFetcher>
