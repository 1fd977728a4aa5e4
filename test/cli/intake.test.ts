// What is left of a list after earlier runs that were killed, damaged and went on, put together as the command does it.

import { closeSync, existsSync, readFileSync, writeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Checkpoint, compactFile } from '../../src/checkpoint/checkpoint.js'
import { parseCommandLine } from '../../src/cli/command-line.js'
import { type Intake, openIntake } from '../../src/cli/intake.js'
import { type Options, parseOptions } from '../../src/cli/options.js'
import type { Outcome } from '../../src/core/outcome.js'
import { jsonLine } from '../../src/sinks/jsonl-line.js'
import { makeResult } from '../sinks/support.js'
import type { FetchResult, FetchTask, SourceItem } from '../../src/types.js'
import { type Random, seed, seededRandom } from '../support/random.js'
import { tempFile } from '../support/temp.js'
import { getRequest } from '../support/values.js'

const cases = 100

type ErrorType = FetchResult['error_type']

const outcomes: readonly ErrorType[] = [null, null, null, 'timeout', 'http_status', 'dns', 'aborted']

/** A few hosts and pages, so that many lines repeat others; some are no URLs, some no lines with an id. */
function makeList(random: Random): string {
  const pages = ['/', '/a', '/%20', '/ü', '/"q"\\', '/\u2028', '/?key=secret', '/#part']
  const lines = Array.from({ length: random.below(60) }, () => {
    switch (random.below(12)) {
      case 0:
        return random.pick(['ftp://x/', 'http://', 'http://a b/', '::'])
      case 1:
        return random.pick(['', '# a comment', '   '])
      case 2:
        return `http://user:pass@h.test${random.pick(pages)}`
      default:
        return `${random.pick(['http://', 'HTTP://', ''])}h${random.below(3)}.test${random.pick(pages)}`
    }
  })
  return lines.join(random.pick(['\n', '\r\n'])) + random.pick(['', '\n'])
}

function optionsOf(argv: readonly string[]): Options {
  const command = parseCommandLine(argv, '1.2.3')
  if (command.kind !== 'run') throw new Error('no run')
  return parseOptions(command.values)
}

function open(options: Options, list: string, stdin: string | null, outcome: (id: number) => Outcome | null) {
  return openIntake(
    options,
    stdin === null ? [list] : ['-'],
    {
      format: 'lines',
      template: { request: getRequest, defaultScheme: 'http' },
      // Nobody touches it where it is no list.
      stdin: () => (stdin === null ? expect.unreachable() : Readable.from([Buffer.from(stdin)])),
      wallNow: () => 0,
      countTotal: false,
      earlierOutcome: outcome,
    },
    new AbortController().signal,
  )
}

async function itemsOf({ source }: Pick<Intake, 'source'>): Promise<SourceItem[]> {
  const items: SourceItem[] = []
  for await (const batch of source) items.push(...batch)
  return items
}

/** What earlier runs wrote, and what a reader can make of it. */
class Output {
  text = ''
  readonly last = new Map<number, ErrorType>()
  damaged: string[] = []
  cutOff = 0
  records = 0
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  record(item: SourceItem, errorType: ErrorType): string {
    const failed = { ok: false, status_code: errorType === 'http_status' ? 503 : null, error_code: 'X' }
    const result = makeResult({
      id: item.id,
      url: item.url,
      ...(errorType !== null && { ...failed, error_type: errorType }),
    })
    switch (this.#random.below(5)) {
      case 0:
        return JSON.stringify({ error_type: errorType, url: item.url, id: item.id })
      case 1:
        return JSON.stringify({ ...result, body: '{"id":1,"url":"x"}', extra: [1, { a: null }] }, null, 1).replaceAll(
          '\n',
          ' ',
        )
      case 2:
        return `${jsonLine({ ...result, content_type: 'tëxt' }).trimEnd()}${this.#random.pick(['', ' ', '\r'])}`
      default:
        return jsonLine(result).trimEnd()
    }
  }

  add(item: SourceItem, errorType: ErrorType): void {
    this.text += `${this.record(item, errorType)}\n`
    this.last.set(item.id, errorType)
    this.records++
  }

  /** A line that is no record: power was lost, or somebody edited it. */
  damage(item: SourceItem): void {
    const whole = this.record(item, null)
    const at = 1 + this.#random.below(whole.length - 2)
    const line = this.#random.pick([
      whole.slice(0, at) + '\0'.repeat(1 + this.#random.below(5000)) + whole.slice(at),
      whole.slice(0, at) + whole,
      whole.slice(1),
      '',
      'null',
      '{"id":0,"url":"x","error_type":null}',
    ])
    this.text += `${line}\n`
    this.damaged.push(line)
  }

  /** The run was killed in the middle of a write. */
  tear(item: SourceItem): void {
    const whole = this.record(item, null).trimEnd()
    const length = 1 + this.#random.below(whole.length)
    this.text += whole.slice(0, length)
    if (length === whole.length) {
      this.last.set(item.id, null)
      this.records++
    } else this.cutOff = length
  }
}

/** Some runs one after the other; each but the last went on as this program does, which leaves no torn line. */
function earlierRuns(items: readonly SourceItem[], random: Random): Output {
  const output = new Output(random)
  for (let runs = random.below(4); runs > 0; runs--) {
    for (const item of items) {
      if (random.below(3) > 0) continue
      output.add(item, random.pick(outcomes))
      if (random.below(12) === 0) output.damage(random.pick(items))
    }
  }
  if (items.length > 0 && random.below(2) === 0) output.tear(random.pick(items))
  return output
}

interface Request {
  readonly id: number
  readonly key: string
}

const requestOf = ({ id, target }: FetchTask): Request => ({ id, key: target.href + (target.authorization ?? '') })

/** What becomes of what comes out of the intake, as the pipeline does it: each record's id, and what was requested. */
async function fetched({ source, dedupe }: Intake, random: Random) {
  const results: FetchResult[] = []
  const requests: Request[] = []
  const inFlight: FetchResult[] = []
  const finish = () => {
    const [result] = inFlight.splice(random.below(inFlight.length), 1)
    if (result !== undefined) results.push(result, ...(dedupe?.onResult(result) ?? []))
  }
  for await (const batch of source) {
    for (const item of batch) {
      const result = makeResult({ id: item.id, url: item.url })
      const admitted = item.kind === 'task' && dedupe !== null ? await dedupe.admit(item) : 'first'
      if (typeof admitted === 'object') results.push(admitted)
      else if (admitted === 'first' && item.kind === 'task') {
        requests.push(requestOf(item))
        inFlight.push(result)
      } else if (admitted === 'first') results.push(result)
      if (random.below(2) === 0) finish()
    }
  }
  while (inFlight.length > 0) finish()
  return { results, requests }
}

const ascending = (numbers: Iterable<number>) => [...numbers].toSorted((a, b) => a - b)

async function check(random: Random): Promise<void> {
  const text = makeList(random)
  const list = await tempFile(text)
  const all = await itemsOf(await open(optionsOf([list]), list, null, () => null))
  const output = earlierRuns(all, random)
  // Nothing but damaged lines is no output: that is refused, and tested elsewhere.
  if (output.records === 0) return

  const path = await tempFile(output.text, 'out.jsonl')
  const repeated: ReadonlySet<ErrorType> = new Set(['aborted', ...random.pick([[], ['timeout', 'dns']] as const)])
  const isDone = (id: number) => output.last.has(id) && !repeated.has(output.last.get(id) ?? null)
  const pending = all.filter(({ id }) => !isDone(id)).map(({ id }) => id)
  const isDeduped = random.below(2) === 0
  const isShuffled = random.below(2) === 0
  const options = optionsOf([
    list,
    '-o',
    path,
    '--resume',
    ...(isDeduped ? ['--dedupe'] : []),
    ...(isShuffled ? [`--shuffle=${random.below(1000)}`] : []),
  ])
  const checkpoint = await Checkpoint.open({
    path,
    name: 'out.jsonl',
    isRepeated: ({ errorType }) => repeated.has(errorType),
  })
  const intake = await open(options, list, random.below(2) === 0 ? text : null, (id) => checkpoint.outcome(id))
  await checkpoint.compare(intake.preview)
  expect(checkpoint.earlier.done).toBe(all.length - pending.length)
  const said: string[] = []
  const fd = await checkpoint.prepare((line) => void said.push(line))
  const bad = existsSync(`${path}.bad`) ? readFileSync(`${path}.bad`, 'utf8') : ''
  expect(bad).toBe(output.damaged.map((line) => `${line}\n`).join(''))
  expect(said).toHaveLength((output.cutOff > 0 ? 1 : 0) + (output.damaged.length > 0 ? 1 : 0))

  const { results, requests } = await fetched(intake, random)
  await intake.store.close()
  expect(ascending(results.map(({ id }) => id))).toEqual(pending)
  if (!isShuffled && !isDeduped) {
    const fresh = new Set(pending)
    expect(requests).toHaveLength(all.filter(({ id, kind }) => kind === 'task' && fresh.has(id)).length)
  }
  if (isDeduped) {
    expect(new Set(requests.map(({ key }) => key)).size).toBe(requests.length)
    // In order, what is done repeats what comes before it, if at all.
    const done = all.flatMap((item) => (item.kind === 'task' && isDone(item.id) ? [requestOf(item)] : []))
    const isKnown = ({ id, key }: Request) => done.some((each) => each.key === key && (isShuffled || each.id < id))
    expect(requests.filter(isKnown)).toEqual([])
  }
  for (const { duplicate_of: first, error_type: type } of results) {
    if (first !== undefined && isDone(first)) expect(type).toBe(output.last.get(first))
  }

  for (const result of results) writeSync(fd, jsonLine(result))
  closeSync(fd)
  checkpoint.release()
  const { records } = await compactFile(path, 'out.jsonl')
  expect(records).toBe(all.length)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const left = new Map(lines.map((line) => [JSON.parse(line).id, JSON.parse(line)]))
  expect(lines).toHaveLength(all.length)
  for (const { id, url } of all) expect(left.get(id)?.url).toBe(url)
}

describe('what earlier runs left of a list', () => {
  it(`is what comes, each URL once, whatever became of their output (SEED=${seed})`, async () => {
    const random = seededRandom(seed)
    for (let round = 0; round < cases; round++) {
      const start = random.below(2 ** 32)
      const outcome = await check(seededRandom(start)).catch((error: unknown) => error)
      expect(outcome, `case ${round}, seed ${start}`).toBeUndefined()
    }
  })
})
