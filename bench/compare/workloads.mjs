// The workloads of the comparison, as data: which programs run, over which lists, and how often.

/** @typedef {{ urls: number, hosts?: number, isSecure?: boolean, isLarge?: boolean }} List hosts take turns, line by line */
/** @typedef {{ name: string, tool: string, list?: List }} Entry a row of the table: a program, and what it is given */
/** @typedef {{ name: string, title: string, rounds: number, leastRounds?: number, entries: Entry[] }} Workload */

export const workers = 50

/** @returns {Workload[]} */
export function workloads({ isQuick }) {
  const size = (full, quick) => (isQuick ? quick : full)
  const fewHosts = ['Go pool', 'curl -Z', 'wget2', 'undici dispatch() loop']
  const manyHosts = ['Go pool', 'curl -Z', 'wget2', 'bare sockets']
  const perHost = size(1000, 100)
  const large = size(5000, 1000)
  const broad = size(5000, 1000)
  const oneHost = { urls: size(200_000, 20_000) }
  const wide = size(20_000, 2000)
  const [short, long] = size([10_000, 1_000_000], [10_000, 50_000])
  return [
    {
      name: 'narrow',
      title: `${count(oneHost.urls)} URLs of one host`,
      rounds: size(5, 2),
      entries: race(oneHost, fewHosts),
    },
    {
      name: 'mid',
      title: `200 hosts x ${count(perHost)}, taking turns`,
      rounds: size(5, 2),
      entries: race({ urls: 200 * perHost, hosts: 200 }, fewHosts),
    },
    {
      name: 'broad-http',
      title: `${count(broad)} hosts x 1, http`,
      rounds: size(9, 2),
      entries: race({ urls: broad, hosts: broad }, manyHosts),
    },
    {
      name: 'broad-https',
      title: `${count(broad)} hosts x 1, https`,
      rounds: size(7, 2),
      entries: race({ urls: broad, hosts: broad, isSecure: true }, manyHosts),
    },
    {
      name: 'bodies',
      title: `${count(large)} x 100 KB of one host`,
      rounds: size(9, 2),
      entries: race({ urls: large, isLarge: true }, fewHosts),
    },
    {
      name: 'start',
      title: 'Start to end of a short run',
      // They are short, and a disturbance is as long as they are.
      rounds: size(40, 20),
      leastRounds: 20,
      entries: [
        { name: 'node -e 0', tool: 'node -e 0' },
        { name: 'poolfetch --version', tool: 'poolfetch --version' },
        { name: 'poolfetch, one URL', tool: 'poolfetch', list: { urls: 1 } },
      ],
    },
    {
      name: 'memory',
      title: `Peak memory (one host: ${count(oneHost.urls)} URLs; many hosts: ${count(wide)} x 1; lists of one host: ${count(short)} and ${count(long)} lines)`,
      rounds: size(3, 2),
      entries: [
        { name: 'one host', tool: 'poolfetch', list: oneHost },
        { name: 'many hosts', tool: 'poolfetch', list: { urls: wide, hosts: wide } },
        { name: 'short list', tool: 'poolfetch', list: { urls: short } },
        { name: 'long list', tool: 'poolfetch', list: { urls: long } },
      ],
    },
  ]
}

/** @returns {(index: number) => string} the URL of a line, from 1 */
export function urlOf({ hosts = 1, isSecure = false, isLarge = false }, { httpPort, httpsPort }) {
  const [scheme, port] = isSecure ? ['https', httpsPort] : ['http', httpPort]
  const folder = isLarge ? 'large' : 'page'
  return (index) => {
    const address = hosts === 1 ? '127.0.0.1' : addressOf(index % hosts)
    return `${scheme}://${address}:${port}/${folder}/${index}`
  }
}

/** One address of loopback per host, from 0. */
function addressOf(host) {
  return `127.${1 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`
}

/** All fetch the same list. */
function race(list, peers) {
  return ['poolfetch', ...peers].map((tool) => ({ name: tool, tool, list }))
}

function count(number) {
  return number.toLocaleString('en-GB')
}
