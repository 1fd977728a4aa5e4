// What is thrown. A fetch that fails is never one of these: it is a value on the record.

/** The command line or its configuration is wrong. Exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A list cannot be read. Exit 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** Records cannot be written. Exit 3. */
export class SinkError extends Error {
  override readonly name: string = 'SinkError'
}

/** What became of the records that an output was given. Goes on counting until the output is closed. */
export interface RecordTally {
  /** In it, whole: on the disk as far as `--fsync` has it so. */
  readonly safe: number
  readonly lost: number
  /** A regular file: what is in it stays there. */
  readonly isFile: boolean
}

/** An output failed in the middle of a run. */
export class OutputError extends SinkError {
  override readonly name = 'OutputError'
  readonly records: RecordTally

  constructor(message: string, records: RecordTally, options?: ErrorOptions) {
    super(message, options)
    this.records = records
  }
}

/** The reader of the output went away (EPIPE). Exit 141, quietly. */
export class ReaderGoneError extends SinkError {
  override readonly name = 'ReaderGoneError'
}

/** The `code` of a system error, where it has one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
