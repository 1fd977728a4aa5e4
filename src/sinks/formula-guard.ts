// --csv-safe: cells that a spreadsheet shows, and does not run as formulas.

/** Also as full-width forms (owasp.org/www-community/attacks/CSV_Injection). White space may go before. */
const formula = /^\s*[=+\-@＝＋－＠]/
const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** With an apostrophe before what would be a formula: what a person types for "this is text". */
export function guarded(cell: string): string {
  return formula.test(cell) && !number.test(cell) ? `'${cell}` : cell
}
