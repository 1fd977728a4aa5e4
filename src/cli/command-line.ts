// argv becomes a command: what was asked for, every value still the text that was typed.

import { Argument, Command, CommanderError, Option } from 'commander'
import { UsageError } from '../core/errors.js'
import { isErrorType } from '../core/outcome.js'
import { environmentOptions } from './environment-options.js'
import { optionTable } from './option-table.js'
import { commonHelp } from './common-help.js'

export type CommandLine =
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'schema'; readonly of: 'record' | 'input' }
  | { readonly kind: 'compact'; readonly paths: readonly string[] }
  | RunCommand

export interface RunCommand {
  readonly kind: 'run'
  readonly lists: readonly string[]
  /** By the option's name in the code. */
  readonly values: Readonly<Record<string, unknown>>
  /** Which of them came from the environment, and from which variable. */
  readonly variables: Readonly<Record<string, string>>
}

const usageHint = 'see poolfetch --help'

/** Throws UsageError for what is no command line of poolfetch, and for a variable of the environment that makes no sense. */
export function parseCommandLine(
  argv: readonly string[],
  version: string,
  env: Readonly<Record<string, string | undefined>> = {},
): CommandLine {
  let command: CommandLine | undefined
  let printed = ''
  const print = (text: string): void => void (printed += text)
  const program = buildProgram(version, print, (lists, typed) => {
    const isTyped = (name: string) => program.getOptionValueSource(name) === 'cli'
    // POOLFETCH_VERSION is what images call the version that they install; -h has no long name.
    const options = program.options.filter(({ long }) => long !== '--version' && long != null)
    const { values, variables } = environmentOptions(options, { env, isTyped, bare: bareValue })
    command = { kind: 'run', lists, values: { ...typed, ...values }, variables }
  })
  program
    .command('schema')
    .description('print the JSON Schema of a record, or of a line of a JSON Lines list')
    .addArgument(new Argument('[of]', 'what it is of').choices(['record', 'input']).default('record'))
    .action((of: 'record' | 'input') => {
      command = { kind: 'schema', of }
    })
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} })
  program
    .command('compact')
    .description('leave one record of each id in an output: the last')
    .argument('<file...>', 'outputs, JSON lines')
    .action((paths: string[]) => {
      command = { kind: 'compact', paths }
    })
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} })
  program.configureOutput({ writeOut: print, writeErr: () => {} })
  try {
    program.parse(withValuesAttached(argv), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'print', text: printed }
    throw new UsageError(`${asOneLine(error.message)} (${usageHint})`)
  }
  if (command === undefined) throw new Error('commander ran no action')
  return command
}

/** What is shown where there is nothing to read. */
export function shortHelp(): string {
  return `usage: poolfetch [options] [list...]

  poolfetch urls.txt -w 10            fetch every URL of a list
  cat urls.txt | poolfetch -r 5/s     standard input, 5 a second to each host

No list was given, and standard input is a terminal. More: poolfetch -h
`
}

function buildProgram(
  version: string,
  onPrint: (text: string) => void,
  onRun: (lists: readonly string[], values: Record<string, unknown>) => void,
): Command {
  const program = new Command('poolfetch')
    .description('Fetches every URL of a list with a pool of workers; each leaves as one record.')
    .usage('[options] [list...]')
    .argument('[list...]', 'files of URLs, one a line; - or nothing is standard input')
    .version(version, '-V, --version', 'print the version')
    .helpOption('--help', 'print all options, which is this')
    .helpCommand(false)
    .allowExcessArguments(true)
    .exitOverride()
    .configureHelp({
      helpWidth: 100,
      optionTerm: (option) => option.flags.replace(/ \[(\w+)\]$/, '[=$1]'),
      optionDescription: (option) =>
        option.defaultValue === undefined || option.negate
          ? option.description
          : `${option.description} (${String(option.defaultValue)})`,
      visibleCommands: () => [],
    })
    .addHelpText('after', helpEpilogue)
    .action((lists: string[], values: Record<string, unknown>) => onRun(lists, values))
  program.addOption(new Option('-h', 'print the options that most people need'))
  program.on('option:h', () => {
    onPrint(commonHelp())
    throw new CommanderError(0, 'poolfetch.commonHelp', '')
  })
  let group: string | undefined
  for (const row of optionTable) {
    if (row.group !== group) program.optionsGroup(`${row.group}:`)
    group = row.group
    const option = new Option(row.flags.replace('[=', '['), row.meaning)
    if (row.default !== undefined) option.default(row.default)
    if (row.repeats) option.argParser((value: string, earlier: string[] | undefined) => [...(earlier ?? []), value])
    program.addOption(option)
  }
  return program
}

const helpEpilogue = `
Examples:
  poolfetch urls.txt -w 20 -o results.jsonl
  cat urls.txt | poolfetch -r 5/s --per-host 2 --only failed
  poolfetch urls.txt -o results.jsonl --resume
  poolfetch calls.jsonl -r 10/s -H @token.txt --include body -o answers.jsonl --resume
  poolfetch users.csv --url 'https://api.example.com/users/{id}' -f csv
  poolfetch compact results.jsonl   leave one record of each id: the last
  poolfetch schema                  the JSON Schema of a record; schema input: of a .jsonl list

Durations need a unit (500ms, 30s, 5m, 2h).

Each option can also be a variable of the environment, which the option wins over:
POOLFETCH_RATE=5/s, POOLFETCH_QUIET=1, POOLFETCH_ADAPTIVE=0; POOLFETCH_HEADER has one a line.

Exit codes: 0 all ok, or failures within --max-failures; 1 more failed; 2 usage or unreadable
list; 3 output not writable, or internal error; 4 ended by --deadline or --fail-fast;
129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM; 141 the reader of the output went away.
`

/** These take their value only with `=`: what follows them is a list. */
const attached: Readonly<Record<string, () => string>> = {
  '--fail-fast': () => '--fail-fast=1',
  '--idempotency-key': () => '--idempotency-key=',
  '--shuffle': () => `--shuffle=${Math.floor(Math.random() * 2 ** 32)}`,
  '--retry-failed': () => '--retry-failed=all',
}

/** What an option with an optional value has without it. */
function bareValue(long: string): string | true {
  return attached[long]?.().slice(long.length + 1) ?? true
}

function withValuesAttached(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const words: string[] = []
  for (let index = 0; index < end; index++) {
    const word = argv[index] ?? ''
    const next = argv[index + 1] ?? ''
    // What names types of failures is meant as such: a list with that name can be written ./timeout.
    if (word === '--retry-failed' && index + 1 < end && next.split(',').every(isErrorType)) {
      words.push(`${word}=${next}`)
      index++
    } else words.push(attached[word]?.() ?? word)
  }
  return [...words, ...argv.slice(end)]
}

function asOneLine(message: string): string {
  return (
    message
      .replace(/^error: /, '')
      // What follows a mistyped option may be a secret: --headers=..., --cookie=....
      .replace(/^(unknown option '-[^=]*)=[^]*'/, "$1=...'")
      .replace(/\n\((.*)\)$/, '; $1')
      .replaceAll('\n', ' ')
  )
}
