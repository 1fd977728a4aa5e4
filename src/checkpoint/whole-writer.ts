// Collects lines and writes them in large pieces, each of them whole.

import { closeSync, fdatasyncSync, readSync, writeSync } from 'node:fs'

const bufferBytes = 2 ** 20
const LF = 0x0a

/** Synchronous: for what nothing else goes on beside. Throws the system's error. */
export class WholeWriter {
  readonly #open: () => number
  #fd: number | null = null
  readonly #buffer = Buffer.allocUnsafe(bufferBytes)
  #used = 0

  /** `open` is called when there is something to write. */
  constructor(open: () => number) {
    this.#open = open
  }

  /** Bytes that have no line end, and one. */
  writeLine(bytes: Buffer, start: number, end: number): void {
    if (this.#used + end - start + 1 > bufferBytes) this.flush()
    if (end - start + 1 > bufferBytes) {
      this.#write(bytes, start, end)
      this.#write(Buffer.of(LF), 0, 1)
      return
    }
    this.#used += bytes.copy(this.#buffer, this.#used, start, end)
    this.#buffer[this.#used++] = LF
  }

  /** Bytes of another file, as they are. */
  copy(fd: number, offset: number, length: number): void {
    this.flush()
    for (let done = 0; done < length; ) {
      const bytesRead = readSync(fd, this.#buffer, 0, Math.min(bufferBytes, length - done), offset + done)
      if (bytesRead === 0) return
      this.#write(this.#buffer, 0, bytesRead)
      done += bytesRead
    }
  }

  flush(): void {
    const used = this.#used
    this.#used = 0
    if (used > 0) this.#write(this.#buffer, 0, used)
  }

  /** What was written is there for good then. */
  close(): void {
    try {
      this.flush()
      if (this.#fd !== null) fdatasyncSync(this.#fd)
    } finally {
      if (this.#fd !== null) closeSync(this.#fd)
      this.#fd = null
    }
  }

  #write(bytes: Buffer, start: number, end: number): void {
    this.#fd ??= this.#open()
    for (let at = start; at < end; ) at += writeSync(this.#fd, bytes, at, end - at)
  }
}
