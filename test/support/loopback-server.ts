// What every server of a test is: bound to a port of its own on loopback, and gone with all its connections when it closes.

import { once } from 'node:events'
import type { Server, Socket } from 'node:net'

export abstract class LoopbackServer {
  readonly sockets = new Set<Socket>()
  protected abstract readonly server: Server

  get port(): number {
    const bound = this.server.address()
    return typeof bound === 'object' && bound !== null ? bound.port : 0
  }

  get address(): string {
    const bound = this.server.address()
    return typeof bound === 'object' && bound !== null ? bound.address : ''
  }

  /** `hostname:port`. */
  get host(): string {
    return `${this.address.includes(':') ? `[${this.address}]` : this.address}:${this.port}`
  }

  /** @param address of 127.0.0.0/8, or ::1 */
  async listen(address = '127.0.0.1'): Promise<this> {
    this.server.listen(0, address)
    await once(this.server, 'listening')
    return this
  }

  /** Destroys every connection. */
  async close(): Promise<void> {
    if (!this.server.listening) return
    const closed = once(this.server, 'close')
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
    await closed
  }
}
