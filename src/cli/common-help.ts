// What -h prints: the options that most people need, on one screen.

import { optionTable } from './option-table.js'

/** At most 80 columns wide. */
export function commonHelp(): string {
  const rows = optionTable.flatMap(({ flags, default: value, inShort }) =>
    inShort === undefined
      ? []
      : [{ flags: flagsOf(flags), text: value === undefined ? inShort : `${inShort} (${value})` }],
  )
  const width = Math.max(...rows.map(({ flags }) => flags.length))
  return `usage: poolfetch [options] [list...]

  poolfetch urls.txt -w 20 -o results.jsonl     fetch every URL of a list
  cat urls.txt | poolfetch -r 5/s               5 requests a second to each host
  poolfetch urls.txt -o results.jsonl --resume  go on after a crash
  poolfetch calls.jsonl -r 10/s -H @token.txt   lines of JSON, each a request
  poolfetch ids.csv --url 'https://a.example/{id}'  a request for each row

${rows.map(({ flags, text }) => `  ${flags.padEnd(width)}  ${text}\n`).join('')}
All options, by group: poolfetch --help
`
}

/** Short names stand in a column of their own, as in `ls --help`. */
function flagsOf(flags: string): string {
  return flags.startsWith('--') ? `    ${flags}` : flags
}
