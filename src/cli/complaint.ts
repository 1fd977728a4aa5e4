// What a person is told about an error that ended the program.

import { escapeControls } from '../core/printable.js'
import { isExpected } from './exit-code.js'

/** One line for what a person can mend; the stack, and what to do with it, for a bug of ours. */
export function complaint(error: unknown): string {
  if (isExpected(error)) return `poolfetch: ${escapeControls(error.message)}\n`
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = stack.split('\n').map(escapeControls).join('\n')
  return `poolfetch: internal error, a bug in poolfetch: please report it with these lines\n${lines}\n`
}
