// The request as it stands in an archive: as it was sent, but for what would let whoever reads it in.

import { isSecretName } from '../core/secrets.js'

const secretFields: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])

/**
 * Archives are passed on: the values of credentials, and of fields whose name looks like a key, are masked.
 *
 * @param others names of fields that are secret as well, in lower case
 */
export function requestBlock(sent: Buffer, others: ReadonlySet<string> = new Set()): Buffer {
  const end = sent.indexOf('\r\n\r\n')
  const headBytes = end === -1 ? sent.length : end
  const [requestLine = '', ...fields] = sent.toString('latin1', 0, headBytes).split('\r\n')
  const head = [requestLine, ...fields.map((field) => masked(field, others))].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), sent.subarray(headBytes)])
}

function masked(field: string, others: ReadonlySet<string>): string {
  const name = field.slice(0, field.indexOf(':'))
  const isSecret = [secretFields, others].some((names) => names.has(name.toLowerCase())) || isSecretName(name)
  return isSecret ? `${name}: ***` : field
}
