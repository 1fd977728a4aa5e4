// A group of options: for each its flags, meaning and default, and the reader of its value. A new option is one row and one reader.

import type { Reader } from '../readers.js'

export interface OptionRow {
  /** As commander reads them: `-w, --workers <n>`. */
  readonly flags: string
  readonly meaning: string
  /** As one would type it; where there is none, `meaning` says what happens without. */
  readonly default?: string
  readonly repeats?: true
  /** What `-h` says of it, where it is one of the few that most people need. */
  readonly inShort?: string
}

export interface OptionGroup {
  readonly group: string
  readonly rows: readonly OptionRow[]
  /** Named as commander names them. Defaults stand in the rows: they come here as if typed. */
  readonly readers: Readonly<Record<string, Reader<unknown>>>
}

/** The choices of an option, from the registry that has them. */
export const names = (registry: Readonly<Record<string, unknown>>): string => Object.keys(registry).join('|')

/** And what each of them is. */
export const helps = (registry: Readonly<Record<string, { readonly help: string }>>): string =>
  Object.entries(registry)
    .map(([name, { help }]) => `${name}: ${help}`)
    .join('; ')
