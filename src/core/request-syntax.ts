// What a request may be made of, whoever says it: an option or a line of a list. What is refused is never shown whole: it may be a secret.

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** RFC 9110 §9.1: a token, case-sensitive; the usual methods are forgiven their case. CONNECT is a proxy's. */
export function methodName(text: string): string | undefined {
  const upper = text.toUpperCase()
  if (upper === 'CONNECT' || !token.test(text)) return undefined
  return /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE)$/.test(upper) ? upper : text
}

/** These frame the message or the connection: they are not the caller's to set. RFC 9110 §7.6.1, RFC 9112 §6. */
const reserved = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export function isFieldName(text: string): boolean {
  return token.test(text)
}

export function isReservedField(name: string): boolean {
  return reserved.has(name.toLowerCase())
}

/** The bytes of a field's value, each as a character; undefined where it has one that may not be sent. */
export function fieldValue(text: string): string | undefined {
  // Fields are sent as bytes: what is not ASCII goes out as UTF-8.
  const bytes = /^[\t\x20-\x7e]*$/.test(text) ? text : Buffer.from(text).toString('latin1')
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(bytes) ? bytes.replace(/^[\t ]+|[\t ]+$/g, '') : undefined
}
