// --warc: the archive of a run, opened for it alone.

import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { claimByName } from '../checkpoint/output-file.js'
import type { Ending } from '../core/ending.js'
import { UsageError } from '../core/errors.js'
import type { HostHeaderTable } from '../core/host-headers.js'
import { formatCount } from '../core/units.js'
import { sinkError } from '../sinks/descriptor.js'
import type { Archive } from '../types.js'
import { placeOf } from './check-receipt.js'
import { refuseToWriteList } from './open-output.js'
import type { Options } from './options.js'

export interface ArchiveParts {
  readonly lists: readonly string[]
  readonly ending: Ending
  readonly environment: { readonly version: string }
  readonly userAgent: string
  readonly workers: number
  /** Fields that only some hosts are sent: who has set them so wants nobody else to have them. */
  readonly hostHeaders: HostHeaderTable | null
  readonly notify: (line: string) => void
}

/** Of all responses under way together, and of one. */
const mostMemoryBytes = 64 * 2 ** 20
const mostOfOneBytes = 2 ** 20

/**
 * Null where nothing is archived. Nothing is overwritten or cut off before the first response is there, or the run over.
 *
 * @throws {UsageError} where the file may not be written
 * @throws {InputError} where it is no archive that a run could go on with
 * @throws {SinkError} where it cannot be opened
 */
export async function openArchive(options: Options, parts: ArchiveParts): Promise<Archive | null> {
  const { warc: path, output, resume, overwrite, fsync } = options
  if (path === undefined) return null
  refuseToWriteList('--warc', path, parts.lists)
  if (output !== undefined && output !== '-' && placeOf(output) === placeOf(path)) {
    throw new UsageError(`--warc ${path} is the output: name another file`)
  }
  const fd = open(path)
  try {
    const { isPackedName, readTail, WarcArchive } = await import('../archive/index.js')
    const stats = fstatSync(fd)
    // A gap would have to be gone back to.
    if (!stats.isFile()) throw new UsageError(`--warc ${path} must be a regular file`)
    await claimByName(fd, path)
    if (stats.size > 0 && !resume && !overwrite) {
      throw new UsageError(
        `--warc ${path} exists and is not empty: give --resume to go on with it, --overwrite to replace it`,
      )
    }
    const tail = resume ? await readTail(fd, { name: `--warc ${path}`, isPacked: isPackedName(path) }) : null
    if (tail !== null && tail.tornBytes > 0) {
      parts.notify(`${path}: an unfinished last record of ${formatCount(tail.tornBytes)} bytes was cut off`)
    }
    return new WarcArchive({
      path,
      fd,
      size: tail?.wholeBytes ?? 0,
      fsync,
      memoryBytes: Math.min(mostOfOneBytes, Math.ceil(mostMemoryBytes / parts.workers)),
      info: infoOf(options, parts),
      secretFields: parts.hostHeaders?.names,
      onFull: (error) => parts.ending.end({ kind: 'error', error }, 0),
    })
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Neither truncated nor appended to by opening: what it is has to be seen first, and lengths are written where they belong. */
function open(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666)
  } catch (error) {
    throw sinkError(path, error)
  }
}

/** What a reader of the archive has to know of the run, and nothing that is a secret: no header, no data, no URL. */
function infoOf(options: Options, parts: ArchiveParts): readonly (readonly [string, string])[] {
  const { environment, userAgent, workers } = parts
  const told = [
    `--method ${options.method ?? (options.data === undefined ? 'GET' : 'POST')}`,
    `--workers ${workers}`,
    `--max-redirects ${options.maxRedirects}`,
    `--retries ${options.retries}`,
    `--timeout ${options.timeout}ms`,
    `--max-size ${options.maxSize}`,
    ...(options.insecure ? ['--insecure'] : []),
  ]
  return [
    ['software', `poolfetch/${environment.version}`],
    ['format', 'WARC File Format 1.1'],
    ['conformsTo', 'https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/'],
    ['http-header-user-agent', userAgent],
    ['poolfetch-options', told.join(' ')],
  ]
}
