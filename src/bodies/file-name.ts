// What the file of a body is called: made of the id and the URL alone, safe anywhere, and readable.

import { createHash } from 'node:crypto'

/** Most file systems take 255; the temporary name is longer than this one. */
const mostBytes = 150
const idDigits = 6
const hashDigits = 10
/** A longer one is no extension. */
const longestExtension = 10

/**
 * `000042-1f3870be27-www.example.com-docs-guide.html`. Ids differ within a run, and the hash of the URL between runs, so that no two names
 * are alike, not even where case does not count. The query is left out: it may hold what is secret.
 *
 * @param url as in its record: a password in it is masked
 */
export function fileName(id: number, url: string): string {
  const hash = createHash('sha256').update(url).digest('hex').slice(0, hashDigits)
  const prefix = `${String(id).padStart(idDigits, '0')}-${hash}`
  const room = mostBytes - prefix.length - 1
  const readable = cut(readablePart(url), room)
  return readable === '' ? prefix : `${prefix}-${readable}`
}

/** The id of a name that `fileName` made; undefined for any other. */
export function idOfFileName(name: string): number | undefined {
  const digits = /^(\d{6,16})-[0-9a-f]{10}(?:-|$)/.exec(name)?.[1]
  const id = Number(digits)
  return digits !== undefined && digits === String(id).padStart(idDigits, '0') ? id : undefined
}

/** Host and path; what shells, Windows or URLs give a meaning to becomes a dash. */
function readablePart(url: string): string {
  const hostAndPath = url
    .replace(/^[a-z][a-z0-9+.-]*:[\\/]*/i, '')
    .replace(/[?#].*$/s, '')
    .replace(/^[^\\/]*@/, '')
  return percentDecoded(hostAndPath)
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/[-.]*-[-.]*/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
}

/** So that a space is no `20`. */
function percentDecoded(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return /[A-Za-z0-9._]/.test(character) ? character : '-'
  })
}

/** Shorter in its middle, so that its extension stays. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const extension = /\.[A-Za-z0-9]+$/.exec(text)?.[0] ?? ''
  const kept = extension.length <= longestExtension ? extension : ''
  return text.slice(0, length - kept.length).replace(/[-.]+$/, '') + kept
}
