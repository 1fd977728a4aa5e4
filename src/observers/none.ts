// No progress and no summary; only lines that were asked for.

import type { DisplayOptions, TextDisplay } from './display.js'
import { Pen } from './pen.js'

export function openNone(options: DisplayOptions): TextDisplay {
  const pen = new Pen(options.stderr)
  return { print: (line) => pen.line(line), restore() {} }
}
