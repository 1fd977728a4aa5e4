// What a server saw: when the requests of each host came and were answered, and how many it had under way.

export class Arrivals {
  /** By Host header, in the order in which they were first asked. */
  hosts = new Map()
  /** Monotonic ms; the run is what lies between them. */
  firstAt = Number.POSITIVE_INFINITY
  lastAt = Number.NEGATIVE_INFINITY

  /** A request came. What is returned is to be handed to `answered`. */
  came(host, now) {
    let seen = this.hosts.get(host)
    if (seen === undefined) {
      seen = { cameAt: [], answeredAt: [], refused: 0, inFlight: 0, peakInFlight: 0 }
      this.hosts.set(host, seen)
    }
    if (now < this.firstAt) this.firstAt = now
    seen.cameAt.push(now)
    seen.inFlight++
    if (seen.inFlight > seen.peakInFlight) seen.peakInFlight = seen.inFlight
    return seen
  }

  /** Its answer is about to be sent: a 429, or the page. */
  answered(seen, isRefusal, now) {
    this.lastAt = now
    seen.inFlight--
    if (isRefusal) seen.refused++
    else seen.answeredAt.push(now)
  }

  /** Seconds from the first request to the last answer. */
  get spanS() {
    return (this.lastAt - this.firstAt) / 1000
  }

  /** Seconds from the first request until so many hosts had been asked. */
  hostsAskedAfterS(count) {
    const [...seen] = this.hosts.values()
    return ((seen[count - 1]?.cameAt[0] ?? Number.POSITIVE_INFINITY) - this.firstAt) / 1000
  }

  /** Seconds from the first request until the share of the pages of these hosts was answered. */
  answeredAfterS(share, isWanted = () => true) {
    const times = []
    for (const [host, { answeredAt }] of this.hosts) if (isWanted(host)) times.push(...answeredAt)
    times.sort((a, b) => a - b)
    return ((times[Math.ceil(times.length * share) - 1] ?? Number.POSITIVE_INFINITY) - this.firstAt) / 1000
  }
}

/** Most of the times, which ascend, that lie within a span. */
export function mostWithin(spanMs, times) {
  let most = 0
  let first = 0
  for (let last = 0; last < times.length; last++) {
    while (times[last] - times[first] >= spanMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
