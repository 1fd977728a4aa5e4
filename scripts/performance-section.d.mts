import type { Judged, Result } from '../bench/compare/goals.mjs'

export interface Results {
  readonly is_quick: boolean
  readonly machine: Readonly<Record<'processor' | 'system' | 'kernel', string> & Record<'cores' | 'memory_gib', number>>
  /** The machine, with something else. */
  readonly is_busy: boolean
  readonly versions: Readonly<Record<string, string>>
  readonly goals: readonly Judged[]
  readonly workloads: readonly (Result & { readonly title: string })[]
}
/** Markdown, for the README. */
export function performanceSection(results: Results): string
