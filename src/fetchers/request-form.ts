// What goes on the wire for a request, worked out once for all tasks that share it.

import type { Dispatcher } from 'undici'
import type { RequestSpec, Target } from '../types.js'
import { acceptEncoding } from './decode.js'

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
}

export class RequestForms {
  readonly #userAgent: string
  readonly #forms = new WeakMap<RequestSpec, Form>()

  constructor(userAgent: string) {
    this.#userAgent = userAgent
  }

  /** Undici sends Content-Length by itself; Host, too, but its client does not know where its requests go. */
  dispatchOptions(request: RequestSpec, target: Target): WireRequest {
    const form = this.#forms.get(request) ?? this.#work(request)
    const headers = form.hasHost ? form.headers : headersFor(target.host, form)
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

function headersFor(host: string, form: Form): string[] {
  if (form.host !== host) {
    form.host = host
    form.hostHeaders = ['host', host, ...form.headers]
  }
  return form.hostHeaders
}
