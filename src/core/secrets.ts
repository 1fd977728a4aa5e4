// What is not shown to people in URLs and texts with URLs: passwords, and values of query parameters that look like keys.

import { maskPassword } from './target.js'

/**
 * A parameter is judged by its name. What is shown ends up in mails and logs of others, and the record, which is data, has the
 * whole URL: so a name in doubt is masked, at the price of a look into the record. In a compound the last word says what it is:
 * `api_key` is a key and `refreshToken` a token; `token_type`, `key_id`, `keyword` and `monkey` are something else. `code` is OAuth's
 * authorization code and the key of Azure Functions, but only alone: a `country_code` is none.
 */
const words: ReadonlySet<string> = new Set(
  `key token secret sig sign signature hmac password passwd passphrase passcode pass pwd pw pin otp auth authorization authentication
   bearer credential credentials cred creds session sid sessid ticket jwt sas nonce`.split(/\s+/),
)
const wholeNames: ReadonlySet<string> = new Set([
  'code',
  'sessionid',
  'sessiontoken',
  'authcode',
  'phpsessid',
  'cfid',
  'cftoken',
])
/** As the end of a name without seams: `apikey`, `clientsecret`, `jsessionid`, `XAmzSecurityToken`. */
const glued =
  /(?:token|secret|password|passwd|passphrase|signature|credentials?|(?:api|app|auth|access|secret|private|license|signing|subscription|shared|master|function)key|authcode|sessionid|sessid)$/

/** `?name=` and its like, also where a URL is the percent-encoded value of another one's parameter. */
const parameter = /(?:[?&;#]|%(?:25)*(?:3f|26|3b|23))([^?&;#=\s]{1,200}?)(?:=|%(?:25)*3d)/gi
/** A `;` ends a value for some servers and is a part of it for others: all of it goes. So does what may be an encoded `&`. */
const endInUrl = /[&#]|$/g
/** In a text, white space and quotes end a URL, and punctuation before them is the text's. */
const endInText = /[:,.;)]{0,3}(?:[&#\s"'<>]|$)/g

/** A URL, parseable or not, as people may see it. */
export function maskUrl(url: string): string {
  return maskParameters(maskPassword(url), endInUrl)
}

/** A line of text that may hold URLs, as people may see it. */
export function maskText(text: string): string {
  return maskParameters(text.includes('@') ? text.replace(/[^\s"'`<>(),]+/g, maskPasswords) : text, endInText)
}

/** Of a word that is a URL, or has some in it. */
function maskPasswords(word: string): string {
  return maskPassword(word).replace(/(\/\/[^/?#:@]*):[^/?#@]*@/g, '$1:***@')
}

function maskParameters(text: string, valueEnd: RegExp): string {
  let masked = ''
  let shownUpTo = 0
  for (let match = next(parameter, text, 0); match; match = next(parameter, text, shownUpTo)) {
    const valueAt = match.index + match[0].length
    masked += text.slice(shownUpTo, valueAt)
    // What is not masked is looked at again: `next=https://x/?token=1` has a parameter of its own.
    shownUpTo = valueAt
    if (!isSecretName(match[1] ?? '')) continue
    shownUpTo = next(valueEnd, text, valueAt)?.index ?? text.length
    if (shownUpTo > valueAt) masked += '***'
  }
  return masked + text.slice(shownUpTo)
}

function next(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}

/** Whether a query parameter of this name looks like a key. */
export function isSecretName(name: string): boolean {
  const seamless = percentDecoded(name).replace(/\+/g, ' ')
  // `auth[token]` and `user.password`: the innermost part, and `keys[]` is what stands before.
  const parts = seamless.split(/[[\].]+/).filter((part) => part !== '' && !/^\d+$/.test(part))
  return parts.some(isSecretPart)
}

function isSecretPart(part: string): boolean {
  const spaced = part.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()
  const last = spaced.split(/[^\p{L}\d]+/u).findLast((word) => word !== '') ?? ''
  const whole = spaced.replace(/[^\p{L}\d]/gu, '').replace(/\d+$/, '')
  return isWord(last.replace(/\d+$/, '')) || wholeNames.has(whole) || glued.test(whole)
}

function isWord(word: string): boolean {
  return words.has(word) || words.has(word.replace(/s$/, ''))
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
