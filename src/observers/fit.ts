// Foreign text made safe and cut to the columns it may take.

import { escapeControls } from '../core/printable.js'

/** Escapes control characters and cuts to so many columns, with an ellipsis. */
export type Fit = (text: string, columns: number) => string

export async function loadFit(): Promise<Fit> {
  const { default: stringWidth } = await import('string-width')
  const graphemes = new Intl.Segmenter()
  return (text, columns) => {
    // A character may take no column, but text is not measured at any length.
    const start = text.slice(0, columns * 10)
    const shown = escapeControls(start)
    if (start === text && stringWidth(shown) <= columns) return shown
    let cut = ''
    let width = 0
    for (const { segment } of graphemes.segment(shown)) {
      width += stringWidth(segment)
      if (width > columns - 1) break
      cut += segment
    }
    return columns > 0 ? `${cut}…` : ''
  }
}
