// Writes to stderr, and survives its loss: a run does not fail because nobody can watch it.

import type { ErrorStream } from './display.js'

export class Pen {
  readonly #stream: ErrorStream
  #isLost = false

  constructor(stream: ErrorStream) {
    this.#stream = stream
    // EPIPE, EAGAIN, EIO arrive later than the write, also after the last one: this listener stays for good.
    stream.on('error', () => {
      this.#isLost = true
    })
  }

  write(text: string): void {
    if (this.#isLost) return
    try {
      this.#stream.write(text)
    } catch {
      this.#isLost = true
    }
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }
}
