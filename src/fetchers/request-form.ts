// What goes on the wire for a request, worked out once for all tasks that share it.

import type { Dispatcher } from 'undici'
import type { RequestSpec, Target } from '../types.js'
import { acceptEncoding } from './decode.js'

interface Form {
  /** Names and values in turn, as undici takes them. */
  readonly headers: string[]
  readonly body: Buffer | Uint8Array | null
  readonly hasAuthorization: boolean
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

  /** Undici sends Host and Content-Length by itself. */
  dispatchOptions(request: RequestSpec, target: Target): WireRequest {
    const form = this.#forms.get(request) ?? this.#work(request)
    const { authorization } = target
    return {
      path: target.path,
      method: request.method,
      headers:
        authorization === null || form.hasAuthorization
          ? form.headers
          : [...form.headers, 'authorization', authorization],
      body: form.body,
      // Undici would take it from a Host header that the caller set, and reconnect where that changes. Ours is in the connector.
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
    const form = { headers, body, hasAuthorization: names.has('authorization') }
    this.#forms.set(request, form)
    return form
  }
}
