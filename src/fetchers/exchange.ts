// One request under way: what undici reports and what its clock says, settled exactly once, as an attempt.

import { isRedirect } from '../core/redirect.js'
import type { Attempt, Failure, FetchTask, OptIns } from '../types.js'
import { BodyKeeper } from './body-keeper.js'
import type { ConnectionUser, SharedChannel } from './channel.js'
import type { Connection } from './connection.js'
import type { Connections } from './connections.js'
import { ExchangeClock, type Timed } from './exchange-clock.js'
import { abortedFailure, exchangeFailure, upgradeFailure } from './failure.js'
import type { HeaderFields, HeaderRecord } from './header-fields.js'
import type { FetcherOptions } from './options.js'
import type { RequestForms } from './request-form.js'
import { type BodyKind, type BodyListener, ResponseBody } from './response-body.js'
import { proxyRefusal } from './proxy-failure.js'
import { readHead, readValidators, type ResponseHead } from './response-head.js'
import type { TimeLimit } from './time-limit.js'
import { Trace } from './trace.js'
import type { Abortable, UnderWay } from './under-way.js'
import { WireRecorder } from './wire-recorder.js'

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

export class Exchange implements ConnectionUser, BodyListener, Abortable, Timed {
  place = 0
  recorder: WireRecorder | null = null
  readonly #context: ExchangeContext
  readonly #task: FetchTask
  readonly #signal: AbortSignal
  readonly #onStart: ((task: FetchTask) => void) | undefined
  readonly #trace = new Trace()
  readonly #clock: ExchangeClock
  /** Null once settled. */
  #settle: ((attempt: Attempt) => void) | null = null
  /** Held until the response is complete or given up. */
  #connection: Connection | SharedChannel | null = null
  #body: ResponseBody | null = null
  /** Null where they are not asked for. */
  #headers: HeaderRecord | null = null
  #validators: ReturnType<typeof readValidators> | null = null
  #isConditional = false

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
    this.#clock = new ExchangeClock(context, this.#trace, this)
  }

  run(): Promise<Attempt> {
    const { connections, forms, options, underWay } = this.#context
    const { own, request, target } = this.#task
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#clock.start(own?.timeoutMs ?? null)
      underWay.add(this, this.#signal)
      this.#connection = connections.channel(this.#task)
      const conditions = options.conditions?.(this.#task) ?? null
      this.#isConditional = conditions !== null
      this.#connection.send(forms.dispatchOptions(request, target, conditions), this)
    })
  }

  onTimeUp(failure: Failure): void {
    this.#finish(failure)
  }

  abort(): void {
    // A file without its record would be in the way of the next run.
    if (!this.#body?.isCommitting) this.#finish(abortedFailure)
  }

  onDialFailed(failure: Failure): void {
    this.#finish(failure)
  }

  onRequestStart(): void {
    if (this.#connection === null) return
    this.#trace.begin(this.#connection)
    this.#onStart?.(this.#task)
    const { archive } = this.#context.options
    if (archive) this.recorder = new WireRecorder(archive, this.#task, this.#connection.dial?.hostIp ?? null)
    this.#clock.begin()
  }

  onBytes(chunk: Buffer): void {
    this.#trace.received(chunk)
    this.#clock.heard()
  }

  get bodyBytesLeft(): number | null {
    return this.#body?.bytesLeft ?? null
  }

  onResponseStart(statusCode: number, fields: HeaderFields): void {
    if (this.#settle === null) return
    if (statusCode === 101) return this.#finish(upgradeFailure)
    if (statusCode < 200) return this.recorder?.interim()
    if (statusCode === 407 && this.#endByProxy(statusCode)) return
    const head = readHead(fields)
    this.#trace.responded(statusCode, head)
    const { cookies, keep, maxSizeBytes } = this.#context.options
    if (cookies !== undefined) cookies.store(this.#task.target, fields.all('set-cookie'))
    if (keep?.headers) this.#headers = fields.record()
    if (keep?.validators) this.#validators = readValidators(fields)
    const kind = this.#bodyKind(statusCode, head)
    this.recorder?.responded(kind !== 'none', fields, head)
    this.#body = new ResponseBody(kind, maxSizeBytes, this.#keeperOf(kind, statusCode, head), this)
    this.#body.begin(head)
  }

  onResponseData(chunk: Buffer): void {
    this.recorder?.payload(chunk)
    if (this.#settle !== null) this.#body?.receive(chunk)
  }

  onResponseEnd(trailers: HeaderFields): void {
    if (this.#settle === null) return
    // A reset is no end, although undici takes it for one where the body has no length.
    if (this.#connection?.isReset) return this.onResponseError(undefined)
    // A body where there should be none would be taken for the next response.
    const isPoisoned = this.#body?.kind === 'none' && this.#trace.head?.hasTransferEncoding === true
    this.#endBody(!isPoisoned && !framingFields.some((name) => trailers.get(name) !== undefined))
  }

  onResponseError(error: unknown): void {
    if (this.#settle === null) return
    // Undici 7 rejects a 204 or 304 with a length, which says what the length would be (RFC 9110 §8.6).
    if (this.#body?.kind === 'none') return this.#endBody(false)
    if (this.#body?.kind === 'redirect') return this.#finish(null)
    const { alert, hasBytes, head, isHalfClosed } = this.#trace
    const isReset = this.#connection?.isReset ?? false
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

  onBodyFull(): void {
    this.#clock.holdBack()
    this.#connection?.holdBack()
  }

  onBodyDrained(): void {
    this.#clock.letFlow()
    this.#connection?.letFlow()
  }

  /** RFC 9110 §15.5.8: 407 is the proxy's, where there is one that was asked. */
  #endByProxy(statusCode: number): boolean {
    const forward = this.#connection?.forward ?? null
    if (forward === null) return false
    this.#finish(proxyRefusal(statusCode, forward, this.#task.target.host))
    return true
  }

  #bodyKind(statusCode: number, head: ResponseHead): BodyKind {
    if (this.#task.request.method === 'HEAD' || statusCode === 204 || statusCode === 304) return 'none'
    const isFollowed = leadsOn(statusCode, head) && this.#task.redirects < this.#context.options.maxRedirects
    return isFollowed ? 'redirect' : 'wanted'
  }

  #keeperOf(kind: BodyKind, statusCode: number, head: ResponseHead): BodyKeeper | null {
    const { keep, maxRedirects } = this.#context.options
    if (keep === undefined || kind !== 'wanted') return null
    if (keep.store === null && !keep.hash && keep.bodyBytes === null && keep.read === undefined) return null
    // One redirect too many is no answer, whatever its status.
    const isAccepted = keep.isSaved(statusCode) && !(maxRedirects > 0 && leadsOn(statusCode, head))
    return new BodyKeeper(keep, this.#task, { isAccepted, contentType: head.contentType }, this)
  }

  #optIns(): OptIns | null {
    const kept = this.#body?.kept ?? null
    if (this.#headers === null && this.#validators === null) return kept
    return { ...this.#validators, ...(this.#headers && { headers: this.#headers }), ...kept }
  }

  /** The redirect goes to where the connection does, as far as can be seen at a glance. */
  #leadsBack(): boolean {
    const { origin } = this.#task.target
    const location = this.#trace.head?.locations[0] ?? ''
    return /^\/(?!\/)/.test(location) || location.startsWith(`${origin}/`)
  }

  #endBody(isConnectionSound: boolean): void {
    this.#trace.ended()
    this.#clock.stop()
    if (isConnectionSound && this.#connection !== null) {
      this.#context.connections.release(this.#connection, this.#body?.kind === 'redirect' && this.#leadsBack())
      this.#connection = null
    }
    if (this.recorder === null) this.#body?.end()
    else this.recorder.whole((failure) => (failure === null ? this.#body?.end() : this.#finish(failure)))
  }

  #finish(failure: Failure | null): void {
    const settle = this.#settle
    if (settle === null) return
    this.#settle = null
    this.#clock.stop()
    const optIns = this.#optIns()
    this.#body?.destroy()
    const { connections, underWay } = this.#context
    underWay.remove(this, this.#signal)
    const connection = this.#connection
    this.#connection = null
    // Before the attempt is made up: a connection that was still being opened books its time when it is dropped.
    if (connection !== null) connections.drop(connection)
    const isConditional = this.#isConditional
    const attempt = this.#trace.attempt({ failure, body: this.#body, connection, optIns, isConditional })
    if (attempt.exhausted) connections.dropIdle()
    if (this.recorder === null) settle(attempt)
    else this.recorder.over(attempt, settle)
  }
}

/** A redirect; an empty Location is followed by nobody: that response is final, and wanted whole. */
function leadsOn(statusCode: number, head: ResponseHead): boolean {
  return isRedirect(statusCode) && Boolean(head.locations[0])
}
