// A TLS connection of which it is not known yet what will be spoken on it.

import type { Failure } from '../types.js'
import type { Connection } from './connection.js'
import type { Connector, Endpoint } from './connector.js'
import type { Dial, DialListener } from './dial.js'
import { Inflow, type InflowListener } from './inflow.js'
import { StreamInflow } from './stream-inflow.js'

export interface OpeningOwner {
  onOpen(opening: Opening): void
  onOpeningFailed(failure: Failure): void
}

const protocols = ['h2', 'http/1.1']

export class Opening implements DialListener, InflowListener {
  readonly dial: Dial
  /** HTTP/2 reads past it, beneath the socket. */
  readonly #inflow: Inflow | StreamInflow
  readonly #owner: OpeningOwner
  /** Who has it for HTTP/1.1. */
  #heir: Connection | null = null

  constructor(connector: Connector, endpoint: Endpoint, owner: OpeningOwner) {
    this.#owner = owner
    const inflow = new Inflow(this)
    this.#inflow = endpoint.route?.kind === 'tunnel' ? new StreamInflow(this) : inflow
    this.dial = connector.dial({ ...endpoint, protocols }, this, inflow.onread)
  }

  bequeath(heir: Connection): void {
    this.#heir = heir
    heir.adopt(this.dial, this.#inflow)
  }

  onOpen(): void {
    this.#owner.onOpen(this)
  }

  onDialFailed(failure: Failure): void {
    this.#owner.onOpeningFailed(failure)
  }

  onClose(dial: Dial): void {
    this.#heir?.onClose(dial)
  }

  onBytes(chunk: Buffer): void {
    this.#heir?.onBytes(chunk)
  }

  get bodyBytesLeft(): number | null {
    return this.#heir?.bodyBytesLeft ?? null
  }
}
