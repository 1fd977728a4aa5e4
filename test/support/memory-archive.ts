// An archive of a test: what it was given, in memory; it can be slow, and it can fail.

import type { Archive, ArchivedExchange, BodyFailure, Capture } from '../../src/types.js'

export interface StoredExchange extends Omit<ArchivedExchange, 'sent'> {
  readonly request: string
  /** As latin1. */
  readonly response: string
  readonly payload: string
}

export class MemoryArchive implements Archive {
  readonly stored: StoredExchange[] = []
  /** Captures that were given up. */
  dropped = 0
  isClosed = false
  /** What storing fails with. */
  failure: BodyFailure | null = null
  /** Called instead of telling that it is stored. */
  onStore: ((tell: () => void) => void) | null = null

  capture(): Capture {
    const response: Buffer[] = []
    const payload: Buffer[] = []
    return {
      // Not copied: they are to be the capture's.
      write: (bytes) => void response.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
      payload: (bytes) => void payload.push(Buffer.from(bytes)),
      store: ({ sent, ...exchange }, onStored) => {
        const tell = () => {
          this.stored.push({
            ...exchange,
            request: sent.toString('latin1'),
            response: Buffer.concat(response).toString('latin1'),
            payload: Buffer.concat(payload).toString('latin1'),
          })
          onStored(this.failure)
        }
        if (this.onStore) this.onStore(tell)
        else setImmediate(tell)
      },
      drop: () => void this.dropped++,
    }
  }

  close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }
}
