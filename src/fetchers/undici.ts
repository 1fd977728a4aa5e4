// The fetcher: one request per call, over connections of undici that it keeps itself.

import type { Attempt, Fetcher, FetchTask } from '../types.js'
import type { Multiplexer } from './channel.js'
import { Connections } from './connections.js'
import { Connector } from './connector.js'
import { Exchange, type ExchangeContext } from './exchange.js'
import { abortedFailure } from './failure.js'
import type { FetcherOptions } from './options.js'
import { RequestForms } from './request-form.js'
import { TimeLimit } from './time-limit.js'
import { Trace } from './trace.js'
import { UnderWay } from './under-way.js'

/**
 * A fetcher on undici's HTTP/1.1 client. Nothing is opened before the first fetch.
 *
 * @param openMultiplexer brings HTTP/2, where that is wanted
 */
export function createUndiciFetcher(options: FetcherOptions, openMultiplexer?: OpenMultiplexer): Fetcher {
  return new UndiciFetcher(options, openMultiplexer)
}

export type OpenMultiplexer = (parts: {
  readonly connector: Connector
  readonly connections: Connections
  readonly maxIdle: number
}) => Multiplexer

const neverBegun = { failure: abortedFailure, body: null, connection: null, optIns: null }

class UndiciFetcher implements Fetcher {
  readonly #context: ExchangeContext
  #isClosed = false

  constructor(options: FetcherOptions, openMultiplexer?: OpenMultiplexer) {
    const connector = new Connector(options)
    // They have half of the room each: nobody knows which of them will need it.
    const maxIdle =
      openMultiplexer === undefined ? options.maxIdleConnections : Math.ceil(options.maxIdleConnections / 2)
    const connections = new Connections(connector, maxIdle)
    if (openMultiplexer !== undefined) connections.useMultiplexer(openMultiplexer({ connector, connections, maxIdle }))
    this.#context = {
      options,
      connections,
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
