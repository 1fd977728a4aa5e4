// What is kept of responses beyond what every record says, and the port of what keeps bodies outside of records. No code.

import type { FetchRecord } from './record-schema.js'

/** What a record has only where it was asked for, in the record's own words. A field that was not asked for is left out. */
export interface OptIns
  extends Pick<
    FetchRecord,
    'etag' | 'last_modified' | 'sha256' | 'file' | 'headers' | 'body' | 'body_encoding' | 'body_truncated'
  > {
  /** No field: parts of a JSON body that fields were asked for of, by their path, as JSON. */
  readonly picked?: ReadonlyMap<string, string>
}

/** What became of a URL since an earlier run. */
export type Change = NonNullable<FetchRecord['change']>

/** What an earlier run's record says, as far as it is compared; null where it says nothing. */
export interface EarlierRecord
  extends Pick<FetchRecord, 'ok' | 'status_code' | 'error_type' | 'final_url' | 'content_length'> {
  readonly body_bytes: number | null
  readonly etag: string | null
  readonly last_modified: string | null
  readonly sha256: string | null
  readonly file: string | null
  /** No request was made for it: it knows the outcome alone. */
  readonly isDuplicate: boolean
}

/** Where bodies are saved. */
export interface BodyStore {
  /** Takes the body of a response, by the task as it was listed. Nothing is opened or written yet. */
  receive(task: { readonly id: number; readonly url: string }, listener: BodyStoreListener): BodyWriter
  /** Resolves when nothing temporary is left of what was aborted. */
  close(): Promise<void>
}

export interface BodyWriter {
  /** The body is about to be put in its place: it cannot be aborted any more, and the listener will be told soon. */
  readonly isCommitting: boolean
  /** False: enough for now, `onDrain` follows. What is written after a failure is dropped. */
  write(chunk: Uint8Array): boolean
  /** That was all: `onStored` or `onStoreFailed` follows. */
  end(): void
  /** Leaves nothing behind, and the listener in peace. Without effect once it is over, or committing. */
  abort(): void
}

export interface BodyStoreListener {
  /** There is room again. */
  onDrain(): void
  /** @param file its path, for the record */
  onStored(file: string): void
  /** At any time, once. */
  onStoreFailed(failure: BodyFailure): void
}

/** A Failure, as records have it. */
export interface BodyFailure {
  /** `aborted` where no body can be saved any more, which ends the run. */
  readonly type: 'write' | 'aborted'
  readonly code: string
  readonly message: string
}

/** Where exchanges are kept as they went over the wire. */
export interface Archive {
  /** For an exchange that begins. Nothing of it is in the archive before it is stored. */
  capture(): Capture
  /** Throws SinkError where the end of it could not be written. */
  close(): Promise<void>
}

export interface Capture {
  /** The next bytes of the response, from its head on. They are the capture's. */
  write(bytes: Uint8Array): void
  /** The same of its payload: without the transfer coding, which is between. They are looked at at once. */
  payload(bytes: Uint8Array): void
  /** That was all. `onStored` follows, once: it is in the archive then, or never will be. */
  store(exchange: ArchivedExchange, onStored: (failure: BodyFailure | null) => void): void
  /** Leaves nothing behind. */
  drop(): void
}

export interface ArchivedExchange {
  /** Without user info and fragment. */
  readonly uri: string
  /** When the request began, in ms since the epoch. */
  readonly at: number
  readonly remoteIp: string | null
  /** The request, byte by byte. */
  readonly sent: Buffer
  /** Why the response is not whole, in the words of ISO 28500 (5.13); null where it is. */
  readonly truncated: 'length' | 'time' | 'disconnect' | 'unspecified' | null
}
