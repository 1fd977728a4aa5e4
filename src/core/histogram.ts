// Quantiles of times in constant memory.

const relativeError = 0.01
const growth = (1 + relativeError) / (1 - relativeError)
const smallestMs = 0.01
const largestMs = 1e9

/**
 * Counts of values in buckets whose bounds grow by a constant factor (as in DDSketch, Masson et al. 2019). A quantile is
 * within 1 % of the value at that rank for values between 0.01 and 10^9 ms, and within 0.01 ms below; 1,269 buckets.
 */
export class Histogram {
  readonly #counts = new Float64Array(bucketOf(largestMs) + 1)
  #count = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  add(value: number): void {
    const bucket = bucketOf(Math.min(value, largestMs))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count += 1
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
  }

  /** The value at rank ceil(q * count). */
  quantile(q: number): number {
    const rank = Math.ceil(q * this.#count)
    let seen = 0
    let bucket = -1
    while (seen < rank) seen += this.#counts[++bucket] ?? rank
    return Math.min(Math.max(middleOf(bucket), this.#min), this.#max)
  }
}

function bucketOf(value: number): number {
  if (value <= smallestMs) return 0
  return Math.ceil(Math.log(value / smallestMs) / Math.log(growth))
}

/** As far from both bounds of the bucket, relative to them. */
function middleOf(bucket: number): number {
  if (bucket === 0) return 0
  return (2 * smallestMs * growth ** bucket) / (growth + 1)
}
