// The bytes that undici writes to a socket, for whoever wants to know them.

import type { Socket } from 'node:net'

/** @param onSent is called with the bytes of each write, before they go out */
export function watchWrites(socket: Socket, onSent: (bytes: Buffer) => void): void {
  const write = socket.write.bind(socket)
  socket.write = (chunk: string | Uint8Array, ...rest: [unknown?, unknown?]): boolean => {
    onSent(typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(rest[0])) : Buffer.from(chunk))
    return Reflect.apply(write, socket, [chunk, ...rest]) === true
  }
}

function encodingOf(given: unknown): BufferEncoding {
  return typeof given === 'string' && Buffer.isEncoding(given) ? given : 'utf8'
}
