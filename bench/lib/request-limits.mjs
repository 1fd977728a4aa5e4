// Three ways in which servers count requests: whether one more is allowed now. Times in ms.

export function tokenBucket({ perSecond, burst }) {
  let tokens = burst
  let countedAt = Number.NEGATIVE_INFINITY
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - countedAt) / 1000) * perSecond)
    countedAt = now
    if (tokens < 1) return false
    tokens--
    return true
  }
}

/** So many in each second of the clock. */
export function fixedWindow({ perSecond }) {
  let second = Number.NEGATIVE_INFINITY
  let count = 0
  return (now) => {
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000)
      count = 0
    }
    if (count === perSecond) return false
    count++
    return true
  }
}

/** So many in any second; what was refused does not count. */
export function slidingWindow({ perSecond }) {
  const allowedAt = []
  return (now) => {
    while (allowedAt[0] <= now - 1000) allowedAt.shift()
    if (allowedAt.length === perSecond) return false
    allowedAt.push(now)
    return true
  }
}
