// Random numbers that a seed repeats: the same seed, the same numbers, on every machine.

/** A stream of uniformly distributed numbers. */
export interface RandomStream {
  /** In 0 .. 2^32 - 1. */
  next(): number
  /** In 0 .. limit - 1, each as likely as the other; `limit` is 1 .. 2^32. */
  below(limit: number): number
}

export type XoshiroState = readonly [number, number, number, number]

const range = 2 ** 32

/** `seed` is an integer, 0 .. 2^32 - 1. */
export function seededRandom(seed: number): RandomStream {
  const next = xoshiro128(spread(seed))
  return { next, below: (limit) => drawBelow(limit, next) }
}

/** xoshiro128** 1.1 by David Blackman and Sebastiano Vigna (prng.di.unimi.it). Not all of the state may be 0. */
export function xoshiro128(state: XoshiroState): () => number {
  let [a, b, c, d] = state
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
}

/** Fisher and Yates, in place: every order is as likely as any other. */
export function shuffle<T extends object | string | number>(items: T[], random: RandomStream): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const picked = random.below(last + 1)
    const item = items[picked]
    const other = items[last]
    if (item === undefined || other === undefined) continue
    items[picked] = other
    items[last] = item
  }
  return items
}

/** What is above the largest multiple of the limit is drawn again: a remainder alone would favour the small numbers. */
function drawBelow(limit: number, next: () => number): number {
  const fair = range - (range % limit)
  let drawn = next()
  while (drawn >= fair) drawn = next()
  return drawn % limit
}

/**
 * A state out of one number, as its authors advise: by a generator of another kind. This is SplitMix (Steele, Lea and Flood, 2014)
 * in 32 bits, with the finalizer of MurmurHash3. It never gives four zeros: only one of its 2^32 steps gives a zero.
 */
function spread(seed: number): XoshiroState {
  let sum = seed >>> 0
  const step = (): number => {
    sum = (sum + 0x9e3779b9) >>> 0
    let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return mixed ^ (mixed >>> 16)
  }
  return [step(), step(), step(), step()]
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
