// Which proxy a request goes through: by the option, else by the environment.

import type { ProxyServer } from '../types.js'
import { NoProxy } from './no-proxy.js'

export interface ProxyChoice {
  readonly http: ProxyServer | null
  readonly https: ProxyServer | null
  readonly noProxy: NoProxy
}

/** @param origin `scheme://host`, as `URL.origin` */
export function proxyOf(origin: string, { http, https, noProxy }: ProxyChoice): ProxyServer | null {
  const isTls = origin.startsWith('https:')
  const proxy = isTls ? https : http
  if (proxy === null) return null
  const [, hostname = '', port] = /^https?:\/\/\[?(.*?)\]?(?::(\d+))?$/.exec(origin) ?? []
  return noProxy.has(hostname, port === undefined ? (isTls ? 443 : 80) : Number(port)) ? null : proxy
}

type Variables = Readonly<Record<string, string | undefined>>

/** The first of these variables that is set, lower case first; empty is not set. */
export function proxyVariable(names: readonly string[], env: Variables): { name: string; value: string } | null {
  for (const upper of names) {
    for (const name of [upper.toLowerCase(), upper]) {
      const value = env[name]?.trim()
      // CGI puts a request's `Proxy` field there (httpoxy, CVE-2016-5385).
      if (name === 'HTTP_PROXY' && env['REQUEST_METHOD'] !== undefined) continue
      if (value) return { name, value }
    }
  }
  return null
}
