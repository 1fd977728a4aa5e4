import { describe, expect, it } from 'vitest'
import { type Admission, Dedupe } from '../../src/core/dedupe.js'
import { fetchedRecord } from '../../src/core/record.js'
import { recordSchema } from '../../src/record-schema.js'
import type { Failure, FetchResult } from '../../src/types.js'
import { sha256 } from '../support/digest.js'
import { seed, seededRandom } from '../support/random.js'
import { getRequest, makeAttempt, makeTask } from '../support/values.js'
import { settled } from '../support/virtual-clock.js'

function makeDedupe(capacity = 100): Dedupe {
  return new Dedupe({ digest: sha256, common: getRequest, isOrdered: true, capacity })
}

function admit(dedupe: Dedupe, id: number, path: string): Promise<Admission> | Admission {
  return dedupe.admit({ ...makeTask(id, `http://a.test/${path}`), readAt: 1000 * id })
}

function recordOf(id: number, failure: Failure | null = null, statusCode: number | null = 200): FetchResult {
  return fetchedRecord(makeTask(id, `http://a.test/${id}`), makeAttempt({ statusCode }), failure, 1)
}

const notFound: Failure = { type: 'http_status', code: 'HTTP_404', message: 'status 404' }
const aborted: Failure = { type: 'aborted', code: 'ABORTED', message: 'the run ended' }

describe('Dedupe', () => {
  it('lets each distinct request be made once', () => {
    const dedupe = makeDedupe()
    expect([admit(dedupe, 1, 'x'), admit(dedupe, 2, 'y'), admit(dedupe, 3, 'x')]).toEqual(['first', 'first', 'later'])
    expect(dedupe.waiting).toBe(1)
  })

  it('gives those that wait their records when the first has its own, in their order', async () => {
    const dedupe = makeDedupe()
    for (const [id, path] of ['x', 'y', 'x', 'x', 'y'].entries()) await admit(dedupe, id + 1, path)
    expect(dedupe.onResult(recordOf(1)).map((record) => [record.id, record.duplicate_of])).toEqual([
      [3, 1],
      [4, 1],
    ])
    expect(dedupe.waiting).toBe(1)
    expect(dedupe.onResult(recordOf(2)).map(({ id }) => id)).toEqual([5])
    expect(dedupe.onResult(recordOf(2))).toEqual([])
    expect(dedupe.waiting).toBe(0)
  })

  it('gives a record at once where the first has its own', async () => {
    const dedupe = makeDedupe()
    await admit(dedupe, 1, 'x')
    dedupe.onResult(recordOf(1))
    expect(admit(dedupe, 2, 'x')).toMatchObject({ id: 2, duplicate_of: 1, ok: true })
  })

  it('has the same to say of a URL that waited and of one that came later', async () => {
    const dedupe = makeDedupe()
    await admit(dedupe, 1, 'x')
    await admit(dedupe, 2, 'x')
    const [waited] = dedupe.onResult(recordOf(1, notFound, 404))
    const late = admit(dedupe, 3, 'x')
    expect(recordSchema.parse(waited)).toEqual(waited)
    expect(waited).toMatchObject({
      url: 'http://a.test/x',
      host: 'a.test',
      method: 'GET',
      ok: false,
      status_code: 404,
      error_type: 'http_status',
      error_code: 'DUPLICATE',
      error_message: 'as URL 1, which it repeats',
      timestamp: '1970-01-01T00:00:02.000Z',
    })
    expect(late).toEqual({ ...waited, id: 3, timestamp: '1970-01-01T00:00:03.000Z' })
  })

  it('leaves URLs without a record whose first was aborted, before or after they came', async () => {
    const dedupe = makeDedupe()
    await admit(dedupe, 1, 'x')
    await admit(dedupe, 2, 'x')
    expect(dedupe.onResult(recordOf(1, aborted, null))).toEqual([])
    expect(dedupe.waiting).toBe(0)
    expect(admit(dedupe, 3, 'x')).toBe('later')
    expect(dedupe.waiting).toBe(0)
  })

  it('lets records pass that are of no first', async () => {
    const dedupe = makeDedupe()
    await admit(dedupe, 1, 'x')
    await admit(dedupe, 2, 'x')
    expect(dedupe.onResult(recordOf(2))).toEqual([])
    expect(dedupe.onResult(recordOf(9))).toEqual([])
    expect(dedupe.waiting).toBe(1)
  })
})

describe('Dedupe: where too many wait', () => {
  it('holds the feeder until one of those that are waited for is done', async () => {
    const dedupe = makeDedupe(1)
    await admit(dedupe, 1, 'x')
    await admit(dedupe, 2, 'y')
    await admit(dedupe, 3, 'x')
    const answers: Admission[] = []
    const waiting = Promise.resolve(admit(dedupe, 4, 'y')).then((answer) => answers.push(answer))
    await settled()
    expect(answers).toEqual([])
    expect(dedupe.onResult(recordOf(1)).map(({ id }) => id)).toEqual([3])
    await waiting
    expect(answers).toEqual(['later'])
    expect(dedupe.onResult(recordOf(2)).map(({ id }) => id)).toEqual([4])
  })

  it('lets the feeder go with a record when the very first that it asked about is done', async () => {
    const dedupe = makeDedupe(1)
    await admit(dedupe, 1, 'x')
    await admit(dedupe, 2, 'y')
    await admit(dedupe, 3, 'x')
    const answer = admit(dedupe, 4, 'y')
    expect(dedupe.onResult(recordOf(2))).toEqual([])
    expect(await answer).toMatchObject({ id: 4, duplicate_of: 2 })
  })

  it('goes on holding the feeder where another first ends that nobody waited for', async () => {
    const dedupe = makeDedupe(1)
    for (const [id, path] of ['x', 'y', 'z', 'x'].entries()) await admit(dedupe, id + 1, path)
    let isAnswered = false
    const answer = Promise.resolve(admit(dedupe, 5, 'y')).finally(() => {
      isAnswered = true
    })
    dedupe.onResult(recordOf(3))
    await settled()
    expect(isAnswered).toBe(false)
    dedupe.onResult(recordOf(1))
    expect(await answer).toBe('later')
  })

  it('lets the feeder go when the run stops, and admits nothing any more', async () => {
    const dedupe = makeDedupe(1)
    await admit(dedupe, 1, 'x')
    await admit(dedupe, 2, 'x')
    const answer = admit(dedupe, 3, 'x')
    dedupe.stop()
    expect(await answer).toBe('ended')
    expect(admit(dedupe, 4, 'y')).toBe('ended')
    // What is under way may be finished.
    expect(dedupe.onResult(recordOf(1)).map(({ id }) => id)).toEqual([2])
  })

  it.each([1, 2, 3])('gives every URL one record, and never stops for good (seed + %i)', async (offset) => {
    const random = seededRandom(seed + offset)
    const dedupe = makeDedupe(1 + random.below(5))
    const records: FetchResult[] = []
    const underWay: number[] = []
    const urls = 300
    const finishOne = (): void => {
      const [id] = underWay.splice(random.below(underWay.length), 1)
      if (id === undefined) return
      const record = recordOf(id, random.below(2) === 0 ? notFound : null)
      records.push(record, ...dedupe.onResult(record))
    }
    for (let id = 1; id <= urls; id++) {
      const answers: Admission[] = []
      const asked = Promise.resolve(admit(dedupe, id, `${random.below(60)}`)).then((given) => answers.push(given))
      for (await settled(); answers.length === 0; await settled()) finishOne()
      await asked
      const [answer = 'ended'] = answers
      if (answer === 'first') underWay.push(id)
      else if (answer !== 'later' && answer !== 'ended') records.push(answer)
      if (random.below(3) === 0) finishOne()
    }
    while (underWay.length > 0) finishOne()
    expect(dedupe.waiting, `SEED=${seed}`).toBe(0)
    const ids = records.map(({ id }) => id).toSorted((a, b) => a - b)
    expect(ids, `SEED=${seed}`).toEqual(Array.from({ length: urls }, (_, index) => index + 1))
    const byId = new Map(records.map((record) => [record.id, record]))
    for (const { ok, duplicate_of: first } of records) {
      if (first !== undefined) expect(byId.get(first)?.ok, `SEED=${seed}`).toBe(ok)
    }
  })
})

describe('what an earlier run has done', () => {
  const done = { statusCode: 404, errorType: 'http_status' } as const
  const recall = (dedupe: Dedupe, id: number, path: string) =>
    dedupe.recall(makeTask(id, `http://a.test/${path}`), done)

  it('is the outcome of those that repeat it, which are not fetched', () => {
    const dedupe = makeDedupe()
    recall(dedupe, 1, 'x')
    expect(admit(dedupe, 2, 'x')).toMatchObject({ id: 2, duplicate_of: 1, status_code: 404, error_type: 'http_status' })
    expect(admit(dedupe, 3, 'y')).toBe('first')
  })

  it('takes nothing from a first that is fetched again', () => {
    const dedupe = makeDedupe()
    expect(admit(dedupe, 1, 'x')).toBe('first')
    recall(dedupe, 2, 'x')
    expect(admit(dedupe, 3, 'x')).toBe('later')
    expect(dedupe.onResult(recordOf(1))).toMatchObject([{ id: 3, duplicate_of: 1, ok: true }])
  })

  it('is known in any order of the list', () => {
    const dedupe = new Dedupe({ digest: sha256, common: getRequest, isOrdered: false, capacity: 10 })
    recall(dedupe, 9, 'x')
    recall(dedupe, 4, 'y')
    recall(dedupe, 2, 'x')
    expect(admit(dedupe, 1, 'x')).toMatchObject({ id: 1, duplicate_of: 9 })
    expect(admit(dedupe, 7, 'y')).toMatchObject({ id: 7, duplicate_of: 4 })
  })
})

it('says of repetitions what changed, as of the first, whether they waited or came later', async () => {
  const dedupe = makeDedupe()
  for (const [id, change] of (['new', 'same', 'changed', 'gone', 'recovered'] as const).entries()) {
    const [first, waiting, late] = [3 * id + 1, 3 * id + 2, 3 * id + 3]
    await admit(dedupe, first, `${id}`)
    await admit(dedupe, waiting, `${id}`)
    const [waited] = dedupe.onResult({ ...recordOf(first), change })
    expect([waited?.change, await admit(dedupe, late, `${id}`)]).toMatchObject([change, { change }])
  }
})
