// Options from the environment: POOLFETCH_<NAME> for what was not typed, as text, as if it had been.

import type { Option } from 'commander'
import { UsageError } from '../core/errors.js'

export interface EnvironmentOptions {
  /** By the option's name in the code, as commander would give them. */
  readonly values: Readonly<Record<string, unknown>>
  /** Where each of them came from. */
  readonly variables: Readonly<Record<string, string>>
}

export interface EnvironmentContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Was given on the command line, which wins. */
  readonly isTyped: (name: string) => boolean
  /** What an option with an optional value has without it. */
  readonly bare: (long: string) => unknown
}

type Described = Pick<Option, 'long' | 'negate' | 'optional' | 'required' | 'parseArg'> & { attributeName(): string }

const on: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on'])
const off: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off'])
const accepted = `${[...on].join(', ')}, or ${[...off].join(', ')}`

/**
 * An empty variable is as good as none: that is how a setting is taken back where it cannot be unset (compose files, CI). Variables
 * that name no option are somebody else's (POOLFETCH_VERSION, POOLFETCH_SERVICE_HOST), unless they are misspelt ones: a safeguard that is
 * ignored is none. `--no-x` may be written both ways: POOLFETCH_X=0 and POOLFETCH_NO_X=1.
 *
 * @throws {UsageError} where a variable does not say yes or no, and has to, or is misspelt
 */
export function environmentOptions(options: readonly Described[], context: EnvironmentContext): EnvironmentOptions {
  const values: Record<string, unknown> = {}
  const variables: Record<string, string> = {}
  const take = (name: string, variable: string, value: unknown): void => {
    if (value === undefined || name in variables || context.isTyped(name)) return
    values[name] = value
    variables[name] = variable
  }
  refuseMisspelt(Object.keys(context.env), options)
  for (const option of options) {
    const name = option.attributeName()
    const variable = variableOf(option)
    const text = context.env[variable]
    if (text !== undefined && text.trim() !== '')
      take(name, variable, valueOf(option, variable, text, options, context))
  }
  for (const option of options.filter(({ negate }) => negate)) {
    const name = option.attributeName()
    const variable = `POOLFETCH_${capitals(name)}`
    const text = context.env[variable]
    // Where the option has a value as well, that is read above.
    if (text === undefined || text.trim() === '' || hasPositive(option, options)) continue
    take(name, variable, isOn(variable, text))
  }
  return { values, variables }
}

/** Undefined where it says what is so without it. */
function valueOf(
  option: Described,
  variable: string,
  text: string,
  options: readonly Described[],
  { bare }: EnvironmentContext,
): unknown {
  const word = text.trim().toLowerCase()
  if (option.negate) return isOn(variable, text) ? false : undefined
  if (option.optional) return on.has(word) ? bare(option.long ?? '') : off.has(word) ? undefined : text.trim()
  if (!option.required) return isOn(variable, text) ? true : undefined
  // A value a line, since a header may hold any other separator.
  if (option.parseArg) return text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const isNegatable = options.some(({ negate, ...other }) => negate && other.long === `--no-${option.long?.slice(2)}`)
  return isNegatable && off.has(word) ? false : text.trim()
}

function hasPositive({ long }: Described, options: readonly Described[]): boolean {
  return options.some((other) => other.long === `--${long?.slice('--no-'.length)}`)
}

function isOn(variable: string, text: string): boolean {
  const word = text.trim().toLowerCase()
  if (on.has(word)) return true
  if (off.has(word)) return false
  throw new UsageError(`${variable} must be ${accepted}, got ${JSON.stringify(text)}`)
}

function refuseMisspelt(names: readonly string[], options: readonly Described[]): void {
  const known = new Set(
    options.flatMap((option) => [variableOf(option), `POOLFETCH_${capitals(option.attributeName())}`]),
  )
  for (const name of names) {
    if (!name.startsWith('POOLFETCH_') || known.has(name)) continue
    const meant = [...known].find((each) => isAlmost(name, each))
    if (meant !== undefined) throw new UsageError(`${name} is no option: it should be ${meant}, or not be set`)
  }
}

/** The same but for underscores, or but for one letter. */
function isAlmost(name: string, other: string): boolean {
  if (name.replaceAll('_', '') === other.replaceAll('_', '')) return true
  let same = 0
  while (same < name.length && name[same] === other[same]) same++
  const rest = (text: string, letters: number) => text.slice(same + letters)
  return rest(name, 1) === rest(other, 1) || rest(name, 1) === rest(other, 0) || rest(name, 0) === rest(other, 1)
}

function variableOf({ long }: Described): string {
  return `POOLFETCH_${(long ?? '').slice(2).replaceAll('-', '_').toUpperCase()}`
}

function capitals(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
