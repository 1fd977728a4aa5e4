// What is kept of responses beyond what every record says, and the port of what keeps bodies outside of records. No code.

import type { FetchRecord } from './record-schema.js'

/** What a record has only where it was asked for, in the record's own words. A field that was not asked for is left out. */
export interface OptIns
  extends Pick<FetchRecord, 'sha256' | 'file' | 'headers' | 'body' | 'body_encoding' | 'body_truncated'> {
  /** No field: parts of a JSON body that fields were asked for of, by their path, as JSON. */
  readonly picked?: ReadonlyMap<string, string>
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
