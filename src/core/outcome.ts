// What became of a request, in 16 bits.

import type { Change, ErrorType } from '../types.js'

export interface Outcome {
  readonly statusCode: number | null
  /** Null where it went well. */
  readonly errorType: ErrorType | null
  /** Since an earlier run; not among the bits. */
  readonly change?: Change | null
}

const numbers: Readonly<Record<ErrorType, number>> = {
  invalid_url: 2,
  invalid_request: 17,
  blocked: 3,
  dns: 4,
  connect: 5,
  tls: 6,
  timeout: 7,
  network: 8,
  protocol: 9,
  decode: 10,
  too_large: 11,
  redirect: 12,
  proxy: 13,
  http_status: 14,
  write: 15,
  aborted: 16,
  no_match: 18,
  not_json: 19,
}
const okNumber = 1
/** By number; null for what went well. */
const types = new Map<number, ErrorType | null>([[okNumber, null], ...Object.entries(numbers).map(numbered)])

/** A status has three digits (RFC 9110 §15); 0 is none. */
const statusBits = 10
const statusMask = 2 ** statusBits - 1

/** Every `error_type`. */
export const errorTypes = Object.keys(numbers) as readonly ErrorType[]

export function isErrorType(name: string): name is ErrorType {
  return Object.hasOwn(numbers, name)
}

/** Never 0: that is free to mean that nothing is known yet. */
export function packOutcome({ statusCode, errorType }: Outcome): number {
  const number = errorType === null ? okNumber : numbers[errorType]
  return (number << statusBits) | ((statusCode ?? 0) & statusMask)
}

/** Null for 0. */
export function unpackOutcome(bits: number): Outcome | null {
  const errorType = types.get(bits >>> statusBits)
  return errorType === undefined ? null : { statusCode: bits & statusMask || null, errorType }
}

function numbered([type, number]: [string, number]): [number, ErrorType] {
  return [number, type as ErrorType]
}
