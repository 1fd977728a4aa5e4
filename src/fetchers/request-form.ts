// What goes on the wire for a request, worked out once for all tasks that share it.

import type { Dispatcher } from 'undici'
import { type HostHeaderTable, withoutNamesOf } from '../core/host-headers.js'
import type { CookieJar, HeaderList, ProxyServer, RequestSpec, Target } from '../types.js'
import { cookieField } from './cookie-field.js'
import { acceptEncoding } from './decode.js'
import type { FetcherOptions } from './options.js'
import { proxyAuthorization } from './route.js'

interface Form {
  /** Names and values in turn, as undici takes them. */
  readonly headers: string[]
  readonly body: Buffer | Uint8Array | null
  readonly hasAuthorization: boolean
  readonly hasHost: boolean
  /** The headers for the host asked last: the next request is often to the same. */
  host: string
  hostHeaders: string[]
}

/** Undici's types leave out what it compares the TLS server name with. */
export interface WireRequest extends Dispatcher.DispatchOptions {
  readonly servername: string
  readonly headers: string[]
}

type FormOptions = Pick<FetcherOptions, 'userAgent' | 'hostHeaders' | 'cookies'>

export class RequestForms {
  readonly #userAgent: string
  /** Null where no host has fields of its own. */
  readonly #hostHeaders: HostHeaderTable | null
  readonly #cookies: CookieJar | null
  readonly #forms = new WeakMap<RequestSpec, Form>()
  /** Requests with the fields of hosts, by those: there are as many lists of them as rules make. */
  readonly #hostRequests = new WeakMap<RequestSpec, Map<HeaderList, RequestSpec>>()

  constructor({ userAgent, hostHeaders, cookies }: FormOptions) {
    this.#userAgent = userAgent
    this.#hostHeaders = hostHeaders ?? null
    this.#cookies = cookies ?? null
  }

  /** Undici sends Content-Length by itself; Host, too, but its client does not know where its requests go. */
  dispatchOptions(asked: RequestSpec, target: Target, conditions: HeaderList | null = null): WireRequest {
    const request = this.#hostHeaders === null ? asked : this.#withHostHeaders(asked, this.#hostHeaders.of(target))
    const form = this.#forms.get(request) ?? this.#work(request)
    const common = form.hasHost ? form.headers : headersFor(target.host, form)
    const cookies = this.#cookies === null ? null : this.#cookies.header(target)
    const own = cookies === null ? common : withCookies(common, cookies)
    const headers = conditions === null ? own : [...own, ...conditions.flat()]
    // A URL's own user and password are for it alone: they come before those for the whole list.
    const authorization = form.hasAuthorization ? null : (target.authorization ?? request.authorization ?? null)
    return {
      path: target.path,
      method: request.method,
      headers: authorization === null ? headers : [...headers, 'authorization', authorization],
      body: form.body,
      // Undici would work it out of the Host header. Ours is in the connector.
      servername: target.host,
    }
  }

  #withHostHeaders(request: RequestSpec, headers: HeaderList): RequestSpec {
    if (headers.length === 0) return request
    let requests = this.#hostRequests.get(request)
    if (requests === undefined) this.#hostRequests.set(request, (requests = new Map()))
    let withHeaders = requests.get(headers)
    if (withHeaders === undefined) {
      withHeaders = { ...request, headers: [...withoutNamesOf(request.headers, headers), ...headers] }
      requests.set(headers, withHeaders)
    }
    return withHeaders
  }

  #work(request: RequestSpec): Form {
    const names = new Set(request.headers.map(([name]) => name.toLowerCase()))
    const defaults: readonly (readonly [string, string])[] = [
      ['user-agent', this.#userAgent],
      ['accept', '*/*'],
      ['accept-encoding', acceptEncoding],
    ]
    const headers = [...defaults.filter(([name]) => !names.has(name)), ...request.headers].flat()
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
    const form = {
      headers,
      body,
      hasAuthorization: names.has('authorization'),
      hasHost: names.has('host'),
      host: '',
      hostHeaders: headers,
    }
    this.#forms.set(request, form)
    return form
  }
}

/** As a proxy wants it that is to pass it on (RFC 9112 §3.2.2), and with what it alone is to see. */
export function forwarded(request: WireRequest, proxy: ProxyServer): WireRequest {
  const authorization = proxyAuthorization(proxy)
  const { headers } = request
  return {
    ...request,
    path: `http://${request.servername}${request.path}`,
    headers: authorization === null ? headers : [...headers, 'proxy-authorization', authorization],
  }
}

function headersFor(host: string, form: Form): string[] {
  if (form.host !== host) {
    form.host = host
    form.hostHeaders = ['host', host, ...form.headers]
  }
  return form.hostHeaders
}

/** The caller's own come first, in one field with the others. */
function withCookies(headers: readonly string[], cookies: string): string[] {
  const rest: string[] = []
  const own: string[] = []
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2)
    if (name.toLowerCase() === 'cookie') own.push(value)
    else rest.push(name, value)
  }
  rest.push('cookie', own.length === 0 ? cookies : cookieField(own.join('; '), cookies))
  return rest
}
