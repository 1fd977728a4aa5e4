// A row of a table becomes cells (RFC 4180).

import type { Delimiter } from './csv-rows.js'

/** The text is a whole row without fault. A quote within a cell that does not begin with one is text, and so is white space. */
export function cellsOf(text: string, delimiter: Delimiter): string[] {
  if (!text.includes('"')) return text.split(delimiter)
  const cells: string[] = []
  for (let at = 0; ; at++) {
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1)
      cells.push(text.slice(at + 1, end).replaceAll('""', '"'))
      at = end + 1
    } else {
      const next = text.indexOf(delimiter, at)
      const end = next === -1 ? text.length : next
      cells.push(text.slice(at, end))
      at = end
    }
    if (at >= text.length) return cells
  }
}

/** Two quotes are one in the cell. */
function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from)
  while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
  return end === -1 ? text.length : end
}
