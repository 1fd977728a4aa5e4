// What V8 does otherwise than by default: when it optimises undici's parser, and how far it lets memory grow.

import { setFlagsFromString } from 'node:v8'

/**
 * Roughly, the bytes of code that a function of WebAssembly runs through before it is optimised: those of a hundred responses. Node 20
 * has 1.8 million, which is one response, Node 22 to 26 have seven times as much; 2 billion are the most. It takes 90 ms of another thread,
 * which the end of the process waits for, and 35 MB; what it brings is 2 to 4 µs for each response.
 */
const optimisedLate = ['--wasm-tiering-budget=1000000000']

/** Optimising pays from some 40,000 responses on. With 5,000, a run without it takes 0.82 of the CPU and 74 MB instead of 109 (Node 20). */
const neverOptimised = ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up']

/**
 * The old space is collected when it is twice as large as what was live in it the last time. By default that is four times: for 10,000
 * hosts in memory garbage of three times their size. A collection takes milliseconds, most of them on other threads.
 */
const collectedEarly = ['--heap-growing-percent=100']

/** Where the flags are known to exist: V8 complains on standard error of one that it does not know. */
const lastNode = 26

/**
 * To be called before undici is loaded.
 *
 * @param isShort whether there are some 5,000 URLs at most
 */
export function setV8Flags(isShort: boolean, version = process.versions.node, set = setFlagsFromString): void {
  if (Number.parseInt(version, 10) > lastNode) return
  for (const flag of [...(isShort ? neverOptimised : optimisedLate), ...collectedEarly]) set(flag)
}
