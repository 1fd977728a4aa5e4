// The format `csv`: a table with a header row (RFC 4180), a URL per row. What reads it is loaded with the first such list.

import { isHeader } from './csv-first-line.js'
import type { LazyFormat } from './format.js'

export const csv: LazyFormat = {
  help: 'a table with a header row: a column with the URL, the others are meta',
  extensions: ['.csv', '.tsv'],
  matches: (firstLine, { row }) => isHeader(firstLine, row),
  load: async () => (await import('./csv-items.js')).csvItems,
}
