// Patterns of hosts, as rules name them: `a.test`, `a.test:8080`, `*.test`.

/**
 * Those that a host falls under, the most specific first.
 *
 * @param host as in `URL.host`
 * @param standardPorts what stands for a host without a port
 */
export function* patternsOf(host: string, standardPorts: readonly number[]): Generator<string> {
  // An address in brackets ends with one: its colons are no port's.
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? []
  const ports = port === undefined ? standardPorts : [port]
  for (const pattern of patternsOfName(name)) {
    for (const each of ports) yield `${pattern}:${each}`
    yield pattern
  }
}

function* patternsOfName(name: string): Generator<string> {
  yield name
  if (name.startsWith('[')) return
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) yield `*${name.slice(dot)}`
}
