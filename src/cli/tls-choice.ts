// Whether anything about TLS was asked for: what reads its files is loaded only then.

import type { TlsOptions } from '../fetchers/index.js'
import type { TlsChoice, TlsVariables } from './tls-files.js'

/**
 * Null where all is as Node has it.
 *
 * @throws {UsageError} where a file cannot be read, or is not what it is to be
 */
export async function openTls(choice: TlsChoice, variables: TlsVariables): Promise<TlsOptions | null> {
  const { cacert, cert, key, keyPass, tlsMin } = choice
  if ([cacert, cert, key, keyPass, tlsMin].every((value) => value === undefined)) return null
  const { readTlsFiles } = await import('./tls-files.js')
  return readTlsFiles(choice, variables)
}
