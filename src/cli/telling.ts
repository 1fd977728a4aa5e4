// What a run says on standard error before anything is fetched, and who wants to know.

import { escapeControls } from '../core/printable.js'
import type { ErrorStream } from '../observers/index.js'
import type { Clock } from '../types.js'
import type { Options } from './options.js'
import { tellIfSlow } from './tell-if-slow.js'

/** A line each. */
export interface Telling {
  /** What everybody should know. */
  readonly notify: (line: string) => void
  /** What somebody who looks on may want to know. */
  readonly remark: (line: string) => void
  /** What is being done, to whoever waits at a terminal for it: asked for where it takes long. */
  readonly unlessSlow: <T>(line: () => string, act: () => Promise<T>) => Promise<T>
}

export function tellingOf(
  { quiet, verbose, progress }: Pick<Options, 'quiet' | 'verbose' | 'progress'>,
  { stderr, clock }: { readonly stderr: Pick<ErrorStream, 'isTTY' | 'write'>; readonly clock: Clock },
): Telling {
  const isTerminal = stderr.isTTY === true
  const notify = (line: string) => {
    if (!quiet) stderr.write(`poolfetch: ${escapeControls(line)}\n`)
  }
  const isWatched = !quiet && isTerminal && progress !== 'none' && progress !== 'json'
  return {
    notify,
    remark: isTerminal || verbose ? notify : () => {},
    unlessSlow: (line, act) => tellIfSlow(act, { say: isWatched ? () => notify(line()) : undefined, clock }),
  }
}
