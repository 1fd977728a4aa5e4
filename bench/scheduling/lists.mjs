// Lists of URLs: host by host, or in random order that is the same each time.

import { seededRandom } from '../lib/simulation.mjs'

/** @param {Iterable<readonly [string, number]>} sizes how many URLs of each `name:port` */
export function hostByHost(sizes) {
  const urls = []
  for (const [host, count] of sizes) {
    for (let page = 1; page <= count; page++) urls.push(`http://${host}/page/${page}`)
  }
  return urls
}

export function shuffled(urls, seed = 1) {
  const random = seededRandom(seed)
  const result = [...urls]
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const url = result[last]
    result[last] = result[other]
    result[other] = url
  }
  return result
}

/** Every name with this port leads to the server on loopback. */
export function resolveAll(port) {
  return ['--resolve', `*:${port}:127.0.0.1`]
}
