// Timers of any length.

export type Timer = NodeJS.Timeout

// Node takes a longer delay for 1 ms.
const longestMs = 2 ** 31 - 1

export function startTimer<T>(callback: (argument: T) => void, ms: number, argument: T): Timer {
  return setTimeout(callback, Math.min(ms, longestMs), argument)
}
