// What a request goes over, whichever version of HTTP is spoken there: a connection of its own, or a stream among others.

import type { Failure, FetchTask, ProxyServer } from '../types.js'
import type { Dial } from './dial.js'
import type { InflowListener } from './inflow.js'
import type { WireRequest } from './request-form.js'
import type { ResponseListener } from './undici-handler.js'
import type { WireRecorder } from './wire-recorder.js'

/** The request that a connection serves at the moment. */
export interface ConnectionUser extends ResponseListener, InflowListener {
  /** What it does on the wire is recorded; null where it is not. Of HTTP/2 nothing is. */
  readonly recorder: WireRecorder | null
  /** There will be no connection; nothing else will be told. */
  onDialFailed(failure: Failure): void
}

export interface Channel {
  /** The opening of its connection; null before there is one. */
  readonly dial: Dial | null
  /** That was for another request. */
  readonly isReused: boolean
  /** It ended by a reset. */
  readonly isReset: boolean
  readonly isMultiplexed: boolean
  /** The proxy that the request is sent to; null where it goes to its host, be it through a tunnel. */
  readonly forward: ProxyServer | null
  /** Sends one request. The channel is the user's until it is given back. */
  send(request: WireRequest, user: ConnectionUser): void
  /** What arrives is not read until `letFlow`, so that the server is held back. */
  holdBack(): void
  letFlow(): void
}

/** A channel that is no connection by itself. */
export interface SharedChannel extends Channel {
  /** The response is complete. `isNeeded`: another request is about to follow. */
  release(isNeeded: boolean): void
  /** The request is given up, wherever it is. */
  drop(): void
}

/** Whoever has channels that share connections. */
export interface Multiplexer {
  /** Null for an origin that has none: it is not https, or speaks HTTP/1.1. */
  take(task: Pick<FetchTask, 'target' | 'freeRetryUsed' | 'hostOutlook'>): SharedChannel | null
  dropIdle(): void
  close(): void
}
