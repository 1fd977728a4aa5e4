// Proxies of the environment are not used yet: who relies on one is to know.

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const

/** What to say; null where no proxy is set, or none is wanted. The value may hold a password. */
export function proxyNote(env: Readonly<Record<string, string | undefined>>): string | null {
  const found = names.flatMap((name) => [name, name.toLowerCase()]).filter((name) => Boolean(env[name]))
  const [first] = found
  if (first === undefined || [env['NO_PROXY'], env['no_proxy']].includes('*')) return null
  return `${first} is set, but poolfetch uses no proxy: requests go to their servers directly`
}
