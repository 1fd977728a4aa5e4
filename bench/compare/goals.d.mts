export interface Columns {
  readonly wall_s: readonly number[]
  readonly cpu_s: readonly (number | null)[]
  readonly peak_mb: readonly (number | null)[]
}
export interface Result {
  readonly name: string
  readonly entries: Readonly<Record<string, Columns>>
}
export interface Goal {
  readonly workload: string
  readonly entry?: string
  readonly of: keyof Columns
  readonly against?: string
  readonly goal: number
  readonly firstStep: number
}
export interface Judged {
  readonly workload: string
  readonly entry: string
  readonly of: keyof Columns
  readonly against: string | null
  readonly goal: number
  readonly first_step: number
  readonly value: number | null
  readonly least: number | null
  readonly most: number | null
  readonly met: 'yes' | 'first step' | 'no' | 'not measured'
}
export const goals: readonly Goal[]
export function judge(results: readonly Result[]): Judged[]
