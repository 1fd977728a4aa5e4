// The text of a body, by what the server says of it.

/** Byte order marks, which say more than a header field does (encoding.spec.whatwg.org, "decode"). */
const marks: readonly (readonly [encoding: string, mark: Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
]

/**
 * Without its byte order mark; what cannot be decoded is replaced, as browsers do it.
 *
 * @param contentType as sent: its charset counts where there is no mark, and UTF-8 where it names none that is known
 */
export function receivedText(bytes: Buffer, contentType: string | null): string {
  const marked = marks.find(([, mark]) => bytes.subarray(0, mark.length).equals(mark))
  return decoderOf(marked?.[0] ?? charsetOf(contentType)).decode(bytes)
}

function charsetOf(contentType: string | null): string {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8'
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder()
  }
}
