// The fetcher: one request per call, over connections of undici that it keeps itself.

import type { Attempt, Fetcher, FetchTask } from '../types.js'
import { Connections } from './connections.js'
import { Connector } from './connector.js'
import { Exchange, type ExchangeContext } from './exchange.js'
import { abortedFailure } from './failure.js'
import type { FetcherOptions } from './options.js'
import { RequestForms } from './request-form.js'
import { TimeLimit } from './time-limit.js'
import { Trace } from './trace.js'
import { UnderWay } from './under-way.js'

/** A fetcher on undici's HTTP/1.1 client. Nothing is opened before the first fetch. */
export function createUndiciFetcher(options: FetcherOptions): Fetcher {
  return new UndiciFetcher(options)
}

const neverBegun = { failure: abortedFailure, body: null, connection: null, optIns: null }

class UndiciFetcher implements Fetcher {
  readonly #context: ExchangeContext
  #isClosed = false

  constructor(options: FetcherOptions) {
    this.#context = {
      options,
      connections: new Connections(new Connector(options), options.maxIdleConnections),
      forms: new RequestForms(options),
      underWay: new UnderWay(),
      totalLimit: new TimeLimit(options.timeoutMs),
    }
  }

  fetch(task: FetchTask, signal: AbortSignal, onStart?: (task: FetchTask) => void): Promise<Attempt> {
    if (this.#isClosed || signal.aborted) return Promise.resolve(new Trace().attempt(neverBegun))
    return new Exchange(this.#context, task, signal, onStart).run()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#context.underWay.abortAll()
    await this.#context.connections.close()
    await this.#context.options.keep?.store?.close()
    await this.#context.options.archive?.close()
  }
}
