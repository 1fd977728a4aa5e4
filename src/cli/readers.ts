// Readers of option values: from the text that was typed to a value, or a rejection that says what is accepted.

import { longestTimerMs, parseDuration, parseRate, parseSize } from '../core/units.js'

/** Reads a value as commander gives it; throws a Rejection that says what is accepted. */
export type Reader<T> = (value: unknown) => T

export class Rejection extends Error {}

/** A text that `parse` understands; `accepted` says what that is. */
export function text<T>(accepted: string, parse: (value: string) => T | undefined): Reader<T> {
  return (value) => {
    const parsed = typeof value === 'string' ? parse(value) : undefined
    if (parsed !== undefined) return parsed
    throw new Rejection(`must be ${accepted}, got ${JSON.stringify(value)}`)
  }
}

export const optional =
  <T>(read: Reader<T>): Reader<T | undefined> =>
  (value) =>
    value === undefined ? undefined : read(value)

/** An option that may be given more than once. */
export const list =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (value) =>
    Array.isArray(value) ? value.map(read) : []

export const flag: Reader<boolean> = (value) => value === true

export const integer = (least: number, most: number) =>
  text(`a whole number from ${least} to ${most}`, (value) => {
    const parsed = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return parsed >= least && parsed <= most ? parsed : undefined
  })

export const duration = text('a duration with its unit, such as 500ms, 30s, 5m or 2h, of at most 24 days', (value) => {
  const ms = parseDuration(value)
  return ms !== undefined && ms > 0 && ms <= longestTimerMs ? ms : undefined
})
export const rate = text('a rate such as 10/s, 600/m or 5000/h', parseRate)
export const size = text('a size such as 65536, 500kB, 10MB or 1GiB', parseSize)

export const oneOf = <T extends string>(...names: readonly T[]) =>
  text(`one of ${names.join(', ')}`, (value) => names.find((name) => name === value))

/** `--no-x` gives false. */
export const unlessOff =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value) =>
    value === false ? null : read(value)

export const anyText = text('a text', (value) => value)
export const nonEmpty = text('a text that is not empty', (value) => (value === '' ? undefined : value))
