// Undici's client by itself: the whole package, with fetch, caches and web sockets, takes four times as long to load.

import { createRequire } from 'node:module'
import type { Client as UndiciClient } from 'undici'
import { systemCode } from '../core/errors.js'

type ClientClass = typeof UndiciClient
type Require = (name: string) => unknown

const absences = new Set(['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'])

export type Client = UndiciClient
export const Client = loadClient(createRequire(import.meta.url))

/** Nobody promises where it stands within the package: where it is not there, the package is loaded whole. */
export function loadClient(require: Require): ClientClass {
  return clientAlone(require) ?? (require('undici') as { Client: ClientClass }).Client
}

function clientAlone(require: Require): ClientClass | null {
  try {
    return require('undici/lib/dispatcher/client.js') as ClientClass
  } catch (error) {
    if (absences.has(systemCode(error) ?? '')) return null
    throw error
  }
}
