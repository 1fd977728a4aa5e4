// --receipt: whether it can be written, and takes the place of nothing else of the run.

import { readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { UsageError } from '../core/errors.js'
import { refuseToWriteList } from './open-output.js'
import type { Options } from './options.js'

/** @throws {UsageError} where it cannot be written, or would replace the output or a list */
export async function checkReceipt(
  { receipt, output, overwrite }: Pick<Options, 'receipt' | 'output' | 'overwrite'>,
  lists: readonly string[],
): Promise<void> {
  if (receipt === undefined) return
  refuseToWriteList('--receipt', receipt, lists)
  if (output !== undefined && placeOf(output) === placeOf(receipt)) {
    throw new UsageError(`--receipt ${receipt} is the output: name another file`)
  }
  const { checkReceiptPath } = await import('./receipt-file.js')
  await checkReceiptPath(receipt, { overwrite })
}

/** Where a file is, or will be made: what replaces a file replaces what a link leads to. */
export function placeOf(path: string): string {
  const folder = dirname(resolve(path))
  return (
    unlessError(() => realpathSync(path)) ??
    resolve(unlessError(() => realpathSync(folder)) ?? folder, unlessError(() => readlinkSync(path)) ?? basename(path))
  )
}

function unlessError(look: () => string): string | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
