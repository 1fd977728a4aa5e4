// Every option of the command line, by group. Help, parsing and the README's table follow from it.

import { inputOptions } from './option-groups/input.js'
import { requestOptions } from './option-groups/request.js'
import { connectionOptions } from './option-groups/connection.js'
import { poolOptions } from './option-groups/pool.js'
import { politenessOptions } from './option-groups/politeness.js'
import { timeOptions } from './option-groups/time.js'
import { retryOptions } from './option-groups/retry.js'
import { outputOptions } from './option-groups/output.js'
import { bodiesOptions } from './option-groups/bodies.js'
import { verdictOptions } from './option-groups/verdict.js'
import { displayOptions } from './option-groups/display.js'
import { safetyOptions } from './option-groups/safety.js'
import type { OptionRow } from './option-groups/group.js'

/** In the order of the help. */
const optionGroups = [
  inputOptions,
  requestOptions,
  connectionOptions,
  poolOptions,
  politenessOptions,
  timeOptions,
  retryOptions,
  outputOptions,
  bodiesOptions,
  verdictOptions,
  displayOptions,
  safetyOptions,
] as const

type Group = (typeof optionGroups)[number]

export interface TableRow extends OptionRow {
  readonly group: Group['group']
}

export const optionTable: readonly TableRow[] = optionGroups.flatMap(({ group, rows }) =>
  rows.map((row) => ({ group, ...row })),
)
