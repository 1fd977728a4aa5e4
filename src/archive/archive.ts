// A WARC file on which a run writes what goes over the wire: for each exchange a request and a response.

import { createHash } from 'node:crypto'
import { closeSync } from 'node:fs'
import { dirname } from 'node:path'
import { SinkError, systemCode } from '../core/errors.js'
import { writeReason } from '../core/system-reason.js'
import type { Archive, ArchivedExchange, BodyFailure, Capture } from '../types.js'
import { Block, type BlockOptions } from './block.js'
import { newRecordId, recordHead, warcFields } from './record.js'
import { requestBlock } from './request-block.js'
import { sha1Label, sha1Of } from './sha1.js'
import { type ArchiveRecord, ArchiveWriter } from './writer.js'

export interface WarcArchiveOptions {
  readonly path: string
  /** Open for writing, and the archive's to close. */
  readonly fd: number
  /** Of what is in it and stays: the rest is cut off with the first record. */
  readonly size: number
  readonly fsync: 'always' | 'interval' | 'never'
  /** What a response may take of memory before it goes to a temporary file. */
  readonly memoryBytes: number
  /** Of the `warcinfo` record. */
  readonly info: readonly (readonly [name: string, value: string | null])[]
  /** Names of request fields, in lower case, whose values are nobody's business beside those that are always masked. */
  readonly secretFields?: ReadonlySet<string> | undefined
  /** Nothing can be archived any more, such as on a full disk. May be called more than once. */
  readonly onFull: (error: SinkError) => void
}

type OnStored = (failure: BodyFailure | null) => void

export class WarcArchive implements Archive {
  readonly #options: WarcArchiveOptions
  readonly #writer: ArchiveWriter
  readonly #infoId = newRecordId()
  readonly #openedAt = Date.now()
  #hasInfo = false

  constructor(options: WarcArchiveOptions) {
    this.#options = options
    const { fd, size, fsync, path } = options
    const isPacked = isPackedName(path)
    this.#writer = new ArchiveWriter({ fd, size, fsync, isPacked, onError: (error) => this.#onError(error) })
  }

  capture(): Capture {
    return new WarcCapture(this)
  }

  async close(): Promise<void> {
    const { fd, size, path } = this.#options
    try {
      this.#writer.cut()
      // Of a run without a response: an archive is never empty.
      if (!this.#hasInfo && size === 0) await new Promise<void>((resolve) => this.append([], () => resolve()))
      await this.#writer.close()
    } catch (error) {
      throw new SinkError(`cannot write ${path}: ${writeReason(error)}`, { cause: error })
    } finally {
      closeSync(fd)
    }
  }

  newBlock(): Block {
    return new Block(this.#blockOptions)
  }

  append(records: readonly ArchiveRecord[], onStored: OnStored): void {
    const first = this.#hasInfo ? [] : [this.#infoRecord()]
    this.#hasInfo = true
    this.#writer.append([...first, ...records], (error) => onStored(error && this.failureOf(error)))
  }

  requestBlock(sent: Buffer): Buffer {
    return requestBlock(sent, this.#options.secretFields)
  }

  get infoId(): string {
    return this.#infoId
  }

  /** The run ends with it: it says nothing of the URL, which a later run has to fetch again. */
  failureOf(error: unknown): BodyFailure {
    const message = `the response could not be archived in ${this.#options.path}: ${writeReason(error)}`
    return { type: 'aborted', code: systemCode(error) ?? 'UNKNOWN', message }
  }

  /** Also of a temporary file: there is no room for the archive where there is none for it. */
  spoolFailed(error: unknown): void {
    this.#onError(error)
  }

  get #blockOptions(): BlockOptions {
    return { folder: dirname(this.#options.path), memoryBytes: this.#options.memoryBytes }
  }

  #infoRecord(): ArchiveRecord {
    const fields = warcFields(this.#options.info)
    const block = this.newBlock()
    block.write(fields)
    const { path } = this.#options
    const head = recordHead({
      type: 'warcinfo',
      id: this.#infoId,
      at: this.#openedAt,
      fields: [
        ['WARC-Filename', path.replace(/^.*[\\/]/, '')],
        ['WARC-Block-Digest', sha1Of(fields)],
      ],
      contentType: 'application/warc-fields',
      length: fields.length,
    })
    return { head, block }
  }

  #onError(error: unknown): void {
    const { path, onFull } = this.#options
    onFull(new SinkError(`cannot write ${path}: ${writeReason(error)}`, { cause: error }))
  }
}

export function isPackedName(path: string): boolean {
  return /\.gz$/i.test(path)
}

class WarcCapture implements Capture {
  readonly #archive: WarcArchive
  readonly #block: Block
  readonly #blockHash = createHash('sha1')
  readonly #payloadHash = createHash('sha1')
  #error: unknown = null

  constructor(archive: WarcArchive) {
    this.#archive = archive
    this.#block = archive.newBlock()
  }

  write(bytes: Uint8Array): void {
    if (this.#error !== null) return
    this.#blockHash.update(bytes)
    try {
      this.#block.write(bytes)
    } catch (error) {
      this.#error = error
      this.#block.close()
      this.#archive.spoolFailed(error)
    }
  }

  payload(bytes: Uint8Array): void {
    if (this.#error === null) this.#payloadHash.update(bytes)
  }

  store({ uri, at, remoteIp, sent, truncated }: ArchivedExchange, onStored: OnStored): void {
    if (this.#error !== null) return onStored(this.#archive.failureOf(this.#error))
    const [requestId, responseId] = [newRecordId(), newRecordId()]
    const shared = [
      ['WARC-Target-URI', uri],
      ['WARC-IP-Address', remoteIp],
      ['WARC-Warcinfo-ID', this.#archive.infoId],
    ] as const
    const bytes = this.#archive.requestBlock(sent)
    const request = this.#archive.newBlock()
    try {
      request.write(bytes)
    } catch (error) {
      this.#block.close()
      this.#archive.spoolFailed(error)
      return onStored(this.#archive.failureOf(error))
    }
    const requestHead = recordHead({
      type: 'request',
      id: requestId,
      at,
      fields: [...shared, ['WARC-Concurrent-To', responseId], ['WARC-Block-Digest', sha1Of(bytes)]],
      contentType: 'application/http;msgtype=request',
      length: bytes.length,
    })
    const payloadDigest = truncated === null ? sha1Label(this.#payloadHash.digest()) : null
    const responseHead = recordHead({
      type: 'response',
      id: responseId,
      at,
      fields: [
        ...shared,
        ['WARC-Block-Digest', sha1Label(this.#blockHash.digest())],
        ['WARC-Payload-Digest', payloadDigest],
        ['WARC-Truncated', truncated],
      ],
      contentType: 'application/http;msgtype=response',
      length: this.#block.length,
    })
    const records = [
      { head: requestHead, block: request },
      { head: responseHead, block: this.#block },
    ]
    this.#archive.append(records, onStored)
  }

  drop(): void {
    this.#block.close()
  }
}
