// Writes what follows from the program into the README: options, fields of the record, and how fast it was. Run after a build.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { optionTable } from '../dist/cli/option-table.js'
import { recordJsonSchema } from '../dist/record-schema.js'
import { performanceSection } from './performance-section.mjs'

const readme = fileURLToPath(new URL('../README.md', import.meta.url))
const results = new URL('../bench/results.json', import.meta.url)

const escaped = (text) => text.replaceAll('|', '\\|')
const row = (...cells) => `| ${cells.join(' | ')} |`

function optionsTable() {
  const rows = optionTable.map(({ flags, meaning, ...option }, index) => {
    const group = option.group === optionTable[index - 1]?.group ? '' : option.group
    const typed = option.default === undefined ? '' : `\`${option.default}\``
    return row(group, `\`${escaped(flags.replace(' [=n]', '[=n]'))}\``, typed, escaped(meaning))
  })
  return [row('', 'option', 'default', 'meaning'), '|---|---|---|---|', ...rows].join('\n')
}

function typeOf({ type, anyOf, enum: words, const: constant }) {
  if (anyOf !== undefined)
    return anyOf
      .map(typeOf)
      .join('?')
      .replace(/\?null$/, '?')
  if (Array.isArray(type)) return typeOf({ anyOf: type.map((name) => ({ type: name })) })
  if (constant !== undefined) return String(constant)
  return words === undefined ? type : 'string'
}

function recordTable() {
  const rows = Object.entries(recordJsonSchema().properties).map(([name, field]) =>
    row(`\`${name}\``, typeOf(field), escaped(field.description)),
  )
  return [row('field', 'type', ''), '|---|---|---|', ...rows].join('\n')
}

/** The README with its tables as they should be. */
export function withTables(text) {
  const performance = performanceSection(JSON.parse(readFileSync(results, 'utf8')))
  const tables = { options: optionsTable(), record: recordTable(), performance }
  return text.replace(
    /(<!-- (options|record|performance): [^\n]*-->\n)[^]*?(<!-- end -->)/g,
    (_, begin, name, end) => `${begin}\n${tables[name]}\n\n${end}`,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(readme, withTables(readFileSync(readme, 'utf8')))
