// What makes two requests the same.

import type { FetchTask, HeaderList, RequestSpec } from '../types.js'

/**
 * A text that two tasks share if, and only if, they ask for the same: method, URL, credentials, header fields and body. Of
 * tasks that were not begun: a redirect changes what is asked. `common` is what most of them send.
 */
export function createRequestKey(common: RequestSpec): (task: Pick<FetchTask, 'target' | 'request'>) => string {
  const commonText = specText(common)
  let last = common
  let lastText = ''
  return ({ target, request }) => {
    if (request !== last) {
      const text = specText(request)
      last = request
      lastText = text === commonText ? '' : text
    }
    // A line break stands in none of the parts.
    return `${lastText}\n${target.authorization ?? ''}\n${target.href}`
  }
}

function specText({ method, headers, body, authorization }: RequestSpec): string {
  const bodyText = body === null ? null : Buffer.from(body).toString('latin1')
  return JSON.stringify([method, headers.map(lowerCased), bodyText, authorization ?? null])
}

// RFC 9110 §5.1: names are case-insensitive.
function lowerCased([name, value]: HeaderList[number]): [string, string] {
  return [name.toLowerCase(), value]
}
