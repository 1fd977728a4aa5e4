// Seeded random numbers. The seed of a run is printed with the test that fails: give it as SEED to repeat it.

export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))

export interface Random {
  /** In [0, 1). */
  next(): number
  /** In 0 .. limit - 1. */
  below(limit: number): number
  pick<T>(items: readonly T[]): T
}

/** mulberry32. */
export function seededRandom(start: number): Random {
  let state = start >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: <T>(items: readonly T[]) => items[below(items.length)] as T,
  }
}
