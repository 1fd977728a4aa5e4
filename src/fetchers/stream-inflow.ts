// The bytes of a connection that Node reads into a stream: over a socket that has led through a proxy, where `onread` is not to be had.

import type { Socket } from 'node:net'
import type { InflowListener } from './inflow.js'

/** As Inflow, for a socket without `onread` (`tls.connect` ignores it where it is given a socket). */
export class StreamInflow {
  readonly #listener: InflowListener
  #socket: Socket | null = null
  #isHeldBack = false

  constructor(listener: InflowListener) {
    this.#listener = listener
  }

  attach(socket: Socket): void {
    this.#socket = socket
    const read = socket.read.bind(socket)
    socket.read = (size?: number) => {
      if (this.#isHeldBack) return null
      const chunk: unknown = read(size)
      if (!Buffer.isBuffer(chunk)) return null
      this.#listener.onBytes(chunk)
      return chunk
    }
  }

  /** The stream fills up to its mark, and reads no more. */
  holdBack(): void {
    this.#isHeldBack = true
  }

  rest(): void {
    this.#isHeldBack = false
  }

  letFlow(): void {
    if (!this.#isHeldBack) return
    this.#isHeldBack = false
    this.#socket?.emit('readable')
  }
}
