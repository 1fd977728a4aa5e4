// How long a retry waits: exponential backoff with full jitter, so that those who failed together do not come back together.

const firstMs = 500
const longestMs = 30_000

/**
 * Between 0 and 500 ms before the first retry, the upper bound doubling to 30 s.
 *
 * @param retry 0 before the first retry
 * @param random a number in [0, 1)
 */
export function backoffDelay(retry: number, random: number): number {
  return random * Math.min(longestMs, firstMs * 2 ** retry)
}
