// What the tests of the checkpoint share: outputs of earlier runs, line by line.

import { closeSync, openSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { jsonLine } from '../../src/sinks/jsonl-line.js'
import type { FetchResult } from '../../src/types.js'
import { makeResult } from '../sinks/support.js'

export const urlOf = (id: number): string => `http://host.example/page/${id}`

/** The line of a record, with its line end. */
export function line(id: number, changes: Partial<FetchResult> = {}): string {
  return jsonLine(makeResult({ id, url: urlOf(id), ...changes }))
}

export function failed(id: number, type: FetchResult['error_type'], changes: Partial<FetchResult> = {}): string {
  return line(id, { ok: false, status_code: null, error_type: type, error_code: 'X', ...changes })
}

/** Open until the test is over. */
export function opened(path: string, flags = 'r'): number {
  const fd = openSync(path, flags)
  onTestFinished(() => closeSync(fd))
  return fd
}

/** Of each line that ends. */
export function idsOf(text: string): number[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((record) => JSON.parse(record).id)
}
