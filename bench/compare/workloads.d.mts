export interface List {
  readonly urls: number
  readonly hosts?: number
  readonly isSecure?: boolean
  readonly isLarge?: boolean
}
export interface Workload {
  readonly name: string
  readonly title: string
  readonly rounds: number
  readonly leastRounds?: number
  readonly entries: readonly { readonly name: string; readonly tool: string; readonly list?: List }[]
}
export const workers: number
export function workloads(size: { readonly isQuick: boolean }): Workload[]
export function urlOf(
  list: List,
  ports: { readonly httpPort: number; readonly httpsPort: number | null },
): (index: number) => string
