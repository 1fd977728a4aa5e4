// Whether a body is what it has to be for its URL to be ok: --match, --expect-json.

import type { Failure } from '../types.js'
import { escapeControls } from './printable.js'
import { mostReadBytes, type ReceivedBody } from './received-body.js'

export interface BodyRules {
  /** All of these are to be found in it. */
  readonly patterns: readonly RegExp[]
  readonly isJson: boolean
}

const mostRead = `${mostReadBytes / 2 ** 20} MiB`

/** Of the body, in a message. */
const shownLength = 60

export function checkBody(body: ReceivedBody, { patterns, isJson }: BodyRules): Failure | null {
  const failure = isJson ? checkJson(body) : null
  if (failure !== null) return failure
  for (const pattern of patterns) {
    const missing = checkMatch(body, pattern)
    if (missing !== null) return missing
  }
  return null
}

function checkMatch(body: ReceivedBody, pattern: RegExp): Failure | null {
  const shown = escapeControls(String(pattern))
  try {
    if (pattern.test(body.text)) return null
  } catch (error) {
    // A pattern that goes back and forth over a large text needs more stack than there is.
    const reason = error instanceof Error ? error.message : String(error)
    return { type: 'no_match', code: 'MATCH_FAILED', message: `${shown} could not be looked for: ${reason}` }
  }
  const where = body.isCut ? ` in its first ${mostRead}` : ''
  return { type: 'no_match', code: 'NO_MATCH', message: `no match for ${shown}${where}; ${beginningOf(body.text)}` }
}

function checkJson(body: ReceivedBody): Failure | null {
  if (body.isCut) {
    const message = `the body is larger than ${mostRead}, which is the most that is read as JSON`
    return { type: 'not_json', code: 'JSON_TOO_LARGE', message }
  }
  const problem = body.jsonProblem
  if (problem === null) return null
  const message = `${escapeControls(problem)}; ${beginningOf(body.text)}`
  return { type: 'not_json', code: 'JSON_SYNTAX', message }
}

function beginningOf(text: string): string {
  if (text === '') return 'the body is empty'
  const shown = escapeControls(JSON.stringify(text.slice(0, shownLength)))
  return `the body begins ${shown}${text.length > shownLength ? '...' : ''}`
}
