// The registry of the ways to show a run: `--progress`.

import { UsageError } from '../core/errors.js'
import type { Attempt, FetchTask, Next, RunReport } from '../types.js'
import { openCron } from './cron.js'
import type { Display, DisplayOptions, TextDisplay } from './display.js'
import { openJson } from './json.js'
import { isLiveTerminal, openLive } from './live.js'
import { maskedReport } from './masked-report.js'
import { openNone } from './none.js'
import { openPlain } from './plain.js'
import { attemptLine } from './verbose.js'

export type { Display, DisplayOptions, ErrorStream } from './display.js'

export interface ProgressMode {
  /** A few words on what it shows. */
  readonly help: string
  open(options: DisplayOptions): Promise<TextDisplay> | TextDisplay
}

/** The modes by name, in the order of the help; `auto` chooses between what is here and silence. */
export const progressModes: Readonly<Record<string, ProgressMode>> = {
  tty: {
    help: 'live; plain where the terminal cannot draw',
    open: (options) => (isLiveTerminal(options) ? openLive(options) : openPlain(options)),
  },
  plain: { help: 'a line every 10 s', open: openPlain },
  json: { help: 'a JSON object every second', open: openJson },
  none: { help: 'nothing', open: openNone },
}

/** Live where it can be; elsewhere a run is heard of only when it went wrong. */
const auto: ProgressMode = {
  help: 'live on a terminal; elsewhere silent when all is well',
  open: (options) => (isLiveTerminal(options) ? openLive(options) : openCron(options)),
}

/** @param mode `auto` or a name of `progressModes` */
export async function createObserver(mode: string, options: DisplayOptions): Promise<Display> {
  const entry = mode === 'auto' ? auto : progressModes[mode]
  if (!entry) throw new UsageError(`--progress must be one of ${choices().join(', ')}, got "${mode}"`)
  if (options.quiet) return { restore() {} }
  const display = await entry.open(options)
  return {
    ...(display.live ? { live: display.live } : {}),
    onStart: (status) => display.onStart?.(status),
    ...(options.verbose ? { onAttempt: printAttempts(display) } : {}),
    onEnding: (cause, status) => display.onEnding?.(cause, status),
    // Here, for no way of showing a run to forget it: none of them is told of results one by one.
    onEnd: (report: RunReport) => display.onEnd?.(maskedReport(report)),
    suspend: () => display.suspend?.(),
    resume: () => display.resume?.(),
    restore: () => display.restore(),
  }
}

function printAttempts(display: TextDisplay) {
  return (task: FetchTask, attempt: Attempt, next: Next): void => {
    const line = attemptLine(task, attempt, next)
    if (line !== null) display.print(line)
  }
}

function choices(): string[] {
  return ['auto', ...Object.keys(progressModes)]
}
