// What goes to a host and comes back: requests under way, and answers in the last second.

/** Measured over this time at least. */
const shortestSpanMs = 1000

export class Traffic {
  inFlight = 0
  /** Answers that the host gave, in all. */
  accepted = 0
  /** A span, and the one before it: together a sliding one, exact where answers come evenly. */
  #spanMs = shortestSpanMs
  #since: number
  #lately = 0
  #earlier = 0

  constructor(now: number) {
    this.#since = now
  }

  /** The host gave an answer. `spanMs` is what the rate is to be measured over. */
  given(now: number, spanMs = shortestSpanMs): void {
    this.#slide(now)
    this.accepted++
    this.#lately++
    // A span that has begun keeps its length, but where it is longer than is wanted.
    if (spanMs < this.#spanMs || this.#lately === 1) this.#spanMs = Math.max(shortestSpanMs, spanMs)
  }

  /** Answers per second that the host gave of late. */
  perSecond(now: number): number {
    this.#slide(now)
    const passedMs = now - this.#since
    const count = this.#lately + this.#earlier * Math.max(0, 1 - passedMs / this.#spanMs)
    const overMs = this.#earlier > 0 ? this.#spanMs : Math.max(shortestSpanMs, Math.min(this.#spanMs, passedMs))
    return (1000 * count) / overMs
  }

  #slide(now: number): void {
    const passedMs = now - this.#since
    if (passedMs < this.#spanMs) return
    const isNext = passedMs < 2 * this.#spanMs
    this.#earlier = isNext ? this.#lately : 0
    this.#lately = 0
    this.#since = isNext ? this.#since + this.#spanMs : now
  }
}

/**
 * The traffic of hosts of which nothing else need be known. Those that were not asked for two seconds are forgotten: the memory
 * is that of the requests of two seconds.
 */
export class RecentTraffic {
  #young = new Map<string, Traffic>()
  #old = new Map<string, Traffic>()
  #turnedAt = Number.NEGATIVE_INFINITY

  get size(): number {
    return this.#young.size + this.#old.size
  }

  begin(host: string, now: number): void {
    if (now - this.#turnedAt >= shortestSpanMs) this.#turn(now)
    let traffic = this.#young.get(host)
    if (traffic === undefined) {
      traffic = this.#old.get(host) ?? new Traffic(now)
      this.#old.delete(host)
      this.#young.set(host, traffic)
    }
    traffic.inFlight++
  }

  find(host: string): Traffic | undefined {
    return this.#young.get(host) ?? this.#old.get(host)
  }

  /** It is remembered elsewhere from now on. */
  take(host: string, now: number): Traffic {
    const traffic = this.find(host) ?? new Traffic(now)
    this.#young.delete(host)
    this.#old.delete(host)
    return traffic
  }

  #turn(now: number): void {
    const kept = new Map<string, Traffic>()
    for (const [host, traffic] of this.#old) if (traffic.inFlight > 0) kept.set(host, traffic)
    this.#old = this.#young
    this.#young = kept
    this.#turnedAt = now
  }
}
