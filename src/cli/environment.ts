// The process, as far as a run sees it. No code.

import type { Readable } from 'node:stream'
import type { ErrorStream } from '../observers/index.js'

/** Standard input and output are looked at only where the run reads or writes them. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: ErrorStream
  readonly version: string
  /** Variables that options came from, by the option's name in the code. */
  readonly variables: Readonly<Record<string, string>>
}
