// Options of the connection: over which way a request goes, and whom it trusts.

import { isIP } from 'node:net'
import { flag, list, text } from '../readers.js'
import type { OptionGroup } from './group.js'

const override = text('host:port:address, the address an IP address', (value) => {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5}):\[?([0-9a-f:.]+)\]?$/i.exec(value)
  const [, host, port, address] = match ?? []
  if (host === undefined || address === undefined || isIP(address) === 0 || Number(port) > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port), address }
})

export const connectionOptions = {
  group: 'Connection',
  rows: [
    { flags: '-k, --insecure', meaning: 'accept any TLS certificate', inShort: 'accept any TLS certificate' },
    {
      flags: '--resolve <host:port:address>',
      meaning: 'connect to this address for host and port',
      repeats: true,
    },
  ],
  readers: {
    insecure: flag,
    resolve: list(override),
  },
} as const satisfies OptionGroup
