// What is kept of responses beyond what every record says: --save, --hash, --include; and what bodies are read for: --match, --fields body.x.

import type { Ending } from '../core/ending.js'
import { mostPickedLength } from '../core/body-parts.js'
import { UsageError } from '../core/errors.js'
import { pathsInto } from '../core/field-path.js'
import type { KeepOptions, ReadOptions } from '../fetchers/index.js'
import type { BodyStore, OptIns } from '../types.js'
import { comparedFields, isCompared } from './compared.js'
import type { Options } from './options.js'

type KeptField = Exclude<keyof OptIns, 'picked'> | 'change'
type KeepChoice = Pick<Options, 'save' | 'hash' | 'include' | 'since' | 'state'>

/** Which option makes records have the field. */
const optionOf: Readonly<Record<KeptField, string>> = {
  change: '--since FILE or --state FILE',
  etag: '--since FILE or --state FILE',
  last_modified: '--since FILE or --state FILE',
  sha256: '--hash sha256',
  file: '--save DIR',
  headers: '--include headers',
  body: '--include body',
  body_encoding: '--include body',
  body_truncated: '--include body',
}

/** The fields that were asked for, in the order of the record. */
export function keptFields({ save, hash, include, ...compared }: KeepChoice): readonly KeptField[] {
  return [
    ...(isCompared(compared) ? comparedFields : hash === undefined ? [] : (['sha256'] as const)),
    ...(save === undefined ? [] : (['file'] as const)),
    ...(include?.headers ? (['headers'] as const) : []),
    ...(include?.body ? (['body', 'body_encoding', 'body_truncated'] as const) : []),
  ]
}

/** @throws {UsageError} where --fields names one that no record would have */
export function checkKeptFields(options: KeepChoice & Pick<Options, 'fields'>): void {
  const kept: readonly string[] = keptFields(options)
  for (const field of options.fields ?? []) {
    const option = Object.entries(optionOf).find(([name]) => name === field)?.[1]
    if (option !== undefined && !kept.includes(field)) {
      throw new UsageError(`--fields ${field}: no record has it without ${option}`)
    }
  }
}

/**
 * Null where nothing is kept.
 *
 * @throws {UsageError} where bodies cannot be saved
 */
export async function openKeep(options: Options, ending: Ending): Promise<KeepOptions | null> {
  const read = readOptions(options)
  const hasHeaders = options.include?.headers === true || pathsInto('headers', options.fields ?? []).length > 0
  if (keptFields(options).length === 0 && read === null && !hasHeaders) return null
  return {
    store: await openStore(options, ending),
    isSaved: options.accept,
    hash: options.hash !== undefined || isCompared(options),
    validators: isCompared(options),
    headers: hasHeaders,
    bodyBytes: options.include?.body ? options.includeLimit : null,
    ...(read && { read }),
  }
}

/** Null where nobody wants to know what bodies say. */
export function readOptions({
  match,
  expectJson,
  fields,
}: Pick<Options, 'match' | 'expectJson' | 'fields'>): ReadOptions | null {
  const paths = pathsInto('body', fields ?? [])
  const rules = match.length > 0 || expectJson ? { patterns: match, isJson: expectJson } : null
  return paths.length === 0 && rules === null ? null : { rules, paths }
}

/** Of a body, in a record that waits to be written. */
export function mostKeptBytes({
  include,
  includeLimit,
  fields,
}: Pick<Options, 'include' | 'includeLimit' | 'fields'>): number {
  const picked = pathsInto('body', fields ?? []).length > 0 ? mostPickedLength : 0
  return picked + (include?.body ? includeLimit : 0)
}

/**
 * Where no body can be saved any more the run ends, without grace: what is in flight becomes `aborted`, which a later run fetches again,
 * and not a failure of its own.
 */
async function openStore({ save, overwrite, fsync }: Options, ending: Ending): Promise<BodyStore | null> {
  if (save === undefined) return null
  const { openBodyStore } = await import('../bodies/index.js')
  return openBodyStore({
    dir: save,
    overwrite,
    sync: fsync !== 'never',
    onFull: (error) => ending.end({ kind: 'error', error }, 0),
  })
}
