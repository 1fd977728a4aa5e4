import type { Result } from '../compare/goals.mjs'

/** For gnuplot. */
export function plotScript(results: { readonly workloads: readonly Result[] }): string
export function compactSvg(svg: string): string
