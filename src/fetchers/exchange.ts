// One request under way: what undici reports and what the clock says, settled exactly once, as an attempt.

import { isRedirect } from '../core/redirect.js'
import type { Attempt, Failure, FetchTask } from '../types.js'
import type { Connection, ConnectionUser } from './connection.js'
import type { Connections } from './connections.js'
import { abortedFailure, exchangeFailure, timeoutFailure, upgradeFailure } from './failure.js'
import type { FetcherOptions } from './options.js'
import type { RequestForms } from './request-form.js'
import { type BodyKind, type BodyListener, ResponseBody } from './response-body.js'
import { type HeaderFields, readHead } from './response-head.js'
import type { Limited, TimeLimit } from './time-limit.js'
import { startTimer, type Timer } from './timer.js'
import { Trace } from './trace.js'
import type { Abortable, UnderWay } from './under-way.js'

/** What the exchanges of a fetcher share. */
export interface ExchangeContext {
  readonly options: FetcherOptions
  readonly connections: Connections
  readonly forms: RequestForms
  readonly underWay: UnderWay
  /** From the call of `fetch` to the last byte. */
  readonly totalLimit: TimeLimit
}

/** In trailers, where they must not be (RFC 9110 §6.5.1): the parser takes them for its own and then refuses the next response. */
const framingFields = ['connection', 'proxy-connection', 'transfer-encoding'] as const

export class Exchange implements ConnectionUser, BodyListener, Abortable, Limited {
  place = 0
  older: Limited | null = null
  younger: Limited | null = null
  readonly #context: ExchangeContext
  readonly #task: FetchTask
  readonly #signal: AbortSignal
  readonly #onStart: ((task: FetchTask) => void) | undefined
  readonly #trace = new Trace()
  /** Null once settled. */
  #settle: ((attempt: Attempt) => void) | null = null
  /** Held until the response is complete or given up. */
  #connection: Connection | null = null
  #body: ResponseBody | null = null
  #idleTimer: Timer | undefined

  constructor(
    context: ExchangeContext,
    task: FetchTask,
    signal: AbortSignal,
    onStart: ((task: FetchTask) => void) | undefined,
  ) {
    this.#context = context
    this.#task = task
    this.#signal = signal
    this.#onStart = onStart
  }

  run(): Promise<Attempt> {
    const { connections, forms, totalLimit, underWay } = this.#context
    const { request, target } = this.#task
    return new Promise((resolve) => {
      this.#settle = resolve
      totalLimit.add(this)
      underWay.add(this, this.#signal)
      this.#connection = connections.take(target, { isNew: this.#task.freeRetryUsed })
      this.#connection.send(forms.dispatchOptions(request, target), this)
    })
  }

  get startedAt(): number {
    return this.#trace.startedAt
  }

  // The verdicts on time wait for the poll phase: what has arrived while the process was busy is no time-out.
  onTimeLimit(): void {
    setImmediate(() => this.onTotalTimeout())
  }

  abort(): void {
    this.#finish(abortedFailure)
  }

  onDialFailed(failure: Failure): void {
    this.#finish(failure)
  }

  onRequestStart(): void {
    if (this.#connection === null) return
    this.#trace.begin(this.#connection)
    this.#onStart?.(this.#task)
    const { idleTimeoutMs } = this.#context.options
    if (idleTimeoutMs !== null) this.#idleTimer = startTimer(onIdleTimer, idleTimeoutMs, this)
  }

  onBytes(chunk: Buffer): void {
    this.#trace.received(chunk)
    this.#idleTimer?.refresh()
  }

  onResponseStart(_controller: unknown, statusCode: number, fields: HeaderFields): void {
    if (this.#settle === null) return
    if (statusCode === 101) return this.#finish(upgradeFailure)
    if (statusCode < 200) return
    const head = readHead(fields)
    this.#trace.responded(statusCode, head)
    // An empty Location is followed by nobody: that response is final, and wanted whole.
    const kind = this.#bodyKind(statusCode, Boolean(head.locations[0]))
    this.#body = new ResponseBody(kind, this.#context.options.maxSizeBytes, this)
    this.#body.begin(head)
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#settle !== null) this.#body?.receive(chunk)
  }

  onResponseEnd(_controller: unknown, trailers: HeaderFields): void {
    if (this.#settle === null) return
    // A reset is no end, although undici takes it for one where the body has no length.
    if (this.#trace.isReset) return this.onResponseError(undefined, undefined)
    // A body where there should be none would be taken for the next response.
    const isPoisoned = this.#body?.kind === 'none' && this.#trace.head?.hasTransferEncoding === true
    this.#endBody(!isPoisoned && !framingFields.some((name) => trailers[name] !== undefined))
  }

  onResponseError(_controller: unknown, error: unknown): void {
    if (this.#settle === null) return
    // Undici 7 rejects a 204 or 304 with a length, which says what the length would be (RFC 9110 §8.6).
    if (this.#body?.kind === 'none') return this.#endBody(false)
    if (this.#body?.kind === 'redirect') return this.#finish(null)
    const { alert, hasBytes, head, isHalfClosed, isReset } = this.#trace
    const cause = alert ?? (isReset ? { code: 'ECONNRESET' } : error)
    this.#finish(exchangeFailure(cause, { hasBytes, hasHead: head !== null, isHalfClosed }))
  }

  /** For the answer to a CONNECT, which nobody here can use. */
  onRequestUpgrade(): void {
    this.#finish(upgradeFailure)
  }

  onBodyOver(failure: Failure | null): void {
    this.#finish(failure)
  }

  onTotalTimeout(): void {
    const { timeoutMs } = this.#context.options
    this.#finish(timeoutFailure('TIMEOUT_TOTAL', timeoutMs, this.#trace.head !== null))
  }

  get reads(): number {
    return this.#trace.reads
  }

  /** Ends the exchange, unless bytes were there that the process had not yet got round to. */
  onIdleTimeout(readsBefore: number): void {
    const { idleTimeoutMs } = this.#context.options
    if (idleTimeoutMs === null || this.#trace.isEnded || this.#trace.reads !== readsBefore) return
    this.#finish(timeoutFailure('TIMEOUT_IDLE', idleTimeoutMs, this.#trace.head !== null))
  }

  #bodyKind(statusCode: number, hasLocation: boolean): BodyKind {
    if (this.#task.request.method === 'HEAD' || statusCode === 204 || statusCode === 304) return 'none'
    const isFollowed = hasLocation && isRedirect(statusCode)
    return isFollowed && this.#task.redirects < this.#context.options.maxRedirects ? 'redirect' : 'wanted'
  }

  #endBody(isConnectionSound: boolean): void {
    this.#trace.ended()
    clearTimeout(this.#idleTimer)
    if (isConnectionSound && this.#connection !== null) {
      this.#context.connections.release(this.#connection)
      this.#connection = null
    }
    this.#body?.end()
  }

  #finish(failure: Failure | null): void {
    const settle = this.#settle
    if (settle === null) return
    this.#settle = null
    this.#context.totalLimit.remove(this)
    clearTimeout(this.#idleTimer)
    this.#body?.destroy()
    const { connections, underWay } = this.#context
    underWay.remove(this, this.#signal)
    const connection = this.#connection
    this.#connection = null
    // Before the attempt is made up: a connection that was still being opened books its time when it is dropped.
    if (connection !== null) connections.drop(connection)
    const attempt = this.#trace.attempt({ failure, body: this.#body, connection })
    if (attempt.exhausted) connections.dropIdle()
    settle(attempt)
  }
}

function onIdleTimer(exchange: Exchange): void {
  const { reads } = exchange
  setImmediate(() => exchange.onIdleTimeout(reads))
}
