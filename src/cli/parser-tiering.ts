// When V8 optimises undici's parser: not before the run is long enough to gain by it.

import { setFlagsFromString } from 'node:v8'

/**
 * Roughly, the bytes of code that a function of WebAssembly runs through before it is optimised: those of a hundred responses. Node 20 has
 * 1.8 million, which is one response, Node 22 to 26 have seven times as much. It takes 90 ms of another thread, which the end of the
 * process waits for, and 35 MB; what it brings is 4 µs for each response.
 */
const budget = 1_000_000_000

/** Where the flag is known to exist: V8 complains on standard error of one that it does not know. */
const lastNode = 26

/** To be called before undici is loaded. */
export function deferParserTiering(version = process.versions.node, setFlags = setFlagsFromString): void {
  if (Number.parseInt(version, 10) <= lastNode) setFlags(`--wasm-tiering-budget=${budget}`)
}
