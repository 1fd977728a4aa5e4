// What the ways of showing a run have in common: what they are given and what they give.

import type { Clock, LiveArea, Observer } from '../types.js'

/** Standard error, as far as it is used here; `process.stderr` is one. */
export interface ErrorStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  on(event: 'error' | 'resize', listener: () => void): unknown
  off(event: 'error' | 'resize', listener: () => void): unknown
}

export interface DisplayOptions {
  readonly stderr: ErrorStream
  readonly color: boolean
  /** Show nothing at all. */
  readonly quiet: boolean
  /** A line for every attempt that is not a plain success. */
  readonly verbose: boolean
  readonly clock: Clock
  readonly env: { readonly [name: string]: string | undefined }
}

export interface Display extends Observer {
  /** Where the terminal has one: whoever writes lines to the same terminal hides it meanwhile. Lines end with a newline. */
  readonly live?: LiveArea
  /** The process is about to be stopped (Ctrl-Z): the terminal is the shell's until `resume`. */
  suspend?(): void
  resume?(): void
  /** Leaves the terminal as it was found. May be called at any time, from anywhere, more than once; nothing is drawn afterwards. */
  restore(): void
}

/** A display that can be given lines of text while the run goes on. It learns of results in the report alone, where secrets are masked. */
export interface TextDisplay extends Omit<Display, 'onResult' | 'onAttempt'> {
  print(line: string): void
}
