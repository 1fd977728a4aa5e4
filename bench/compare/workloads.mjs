// The workloads of the comparison, as data: what each fetches, and which tools run it.

/** Of a workload whose hosts are many. `host` counts from 0. */
export function addressOf(host) {
  return `127.${1 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`
}

/** Hosts take turns, so that all are there from the start. */
export const workloads = [
  { name: 'narrow', urls: 200_000, peers: ['go', 'curl', 'wget2', 'bare dispatch()'] },
  { name: 'mid', urls: 200_000, hosts: 200, peers: ['go', 'curl', 'wget2', 'bare dispatch()'] },
  { name: 'broad http', urls: 5000, hosts: 5000, peers: ['go', 'curl', 'wget2', 'bare sockets'] },
  { name: 'broad https', urls: 5000, hosts: 5000, isSecure: true, peers: ['go', 'curl', 'wget2', 'bare sockets'] },
  { name: 'bodies', urls: 5000, isLarge: true, peers: ['go', 'curl', 'wget2', 'bare dispatch()'] },
]

/** @returns {(index: number) => string} the URL of a line, from 1 */
export function urlOf({ hosts = 1, isSecure = false, isLarge = false }, { httpPort, httpsPort }) {
  const [scheme, port] = isSecure ? ['https', httpsPort] : ['http', httpPort]
  const folder = isLarge ? 'large' : 'page'
  return (index) => {
    const address = hosts === 1 ? '127.0.0.1' : addressOf(index % hosts)
    return `${scheme}://${address}:${port}/${folder}/${index}`
  }
}
