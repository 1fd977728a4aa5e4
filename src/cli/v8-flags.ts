// What V8 does otherwise than by default: when it optimises undici's parser, and how far it lets memory grow.

import { setFlagsFromString } from 'node:v8'

const flags = [
  /*
   * Roughly, the bytes of code that a function of WebAssembly runs through before it is optimised: those of a hundred responses. Node 20
   * has 1.8 million, which is one response, Node 22 to 26 have seven times as much. It takes 90 ms of another thread, which the end of the
   * process waits for, and 35 MB; what it brings is 4 µs for each response.
   */
  '--wasm-tiering-budget=1000000000',
  /*
   * The old space is collected when it is twice as large as what was live in it the last time. By default that is four times: for 10,000
   * hosts in memory garbage of three times their size. A collection takes milliseconds, most of them on other threads.
   */
  '--heap-growing-percent=100',
] as const

/** Where the flags are known to exist: V8 complains on standard error of one that it does not know. */
const lastNode = 26

/** To be called before undici is loaded. */
export function setV8Flags(version = process.versions.node, set = setFlagsFromString): void {
  if (Number.parseInt(version, 10) > lastNode) return
  for (const flag of flags) set(flag)
}
