// Foreign text made safe and cut to the columns it may take.

import { createFitter } from '../core/fit.js'
import { escapeControls } from '../core/printable.js'

/** Escapes control characters and cuts to so many columns, with an ellipsis. */
export type Fit = (text: string, columns: number) => string

/** So many code units for each column are more than are ever shown: the rest of a text is not looked at. */
const unitsPerColumn = 16

export async function loadFit(): Promise<Fit> {
  const { default: width } = await import('string-width')
  const fitter = createFitter(width)
  // One unit more than could fit is kept, so that a cut is seen to be one.
  return (text, columns) => fitter.cutEnd(escapeControls(text.slice(0, unitsPerColumn * (columns + 1) + 1)), columns)
}
