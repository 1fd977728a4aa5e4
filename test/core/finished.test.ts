import { describe, expect, it } from 'vitest'
import { Finished, metaCheck, urlCheck } from '../../src/core/finished.js'
import { errorTypes, type Outcome } from '../../src/core/outcome.js'
import { seed, seededRandom } from '../support/random.js'

const fine: Outcome = { statusCode: 200, errorType: null }
const missing: Outcome = { statusCode: 404, errorType: 'http_status' }
const aborted: Outcome = { statusCode: null, errorType: 'aborted' }

describe('Finished', () => {
  it('knows what became of the URLs that it was told of, and of no other', () => {
    const finished = new Finished()
    expect([finished.size, finished.lastId]).toEqual([0, 0])
    finished.set(3, urlCheck('http://a/3'), fine)
    finished.set(1, urlCheck('http://a/1'), missing)
    expect([1, 2, 3, 4].map((id) => finished.outcome(id))).toEqual([missing, null, fine, null])
    expect([finished.size, finished.lastId]).toEqual([2, 3])
  })

  it('keeps the last that was said of an id, and counts the id once', () => {
    const finished = new Finished()
    for (const outcome of [aborted, missing, fine]) expect(finished.set(7, 1, outcome)).toBe(true)
    expect(finished.outcome(7)).toEqual(fine)
    expect(finished.size).toBe(1)
    expect([...finished.outcomes()]).toEqual([fine])
  })

  it('refuses a second URL with the same id, and keeps what it had', () => {
    const finished = new Finished()
    finished.set(7, urlCheck('http://a/'), fine)
    expect(finished.set(7, urlCheck('http://b/'), missing)).toBe(false)
    expect(finished.outcome(7)).toEqual(fine)
    expect(finished.agrees(7, urlCheck('http://a/'))).toBe(true)
    expect(finished.agrees(7, urlCheck('http://b/'))).toBe(false)
  })

  it('tells lines of one URL apart by their data, where both are known', () => {
    const finished = new Finished()
    const url = urlCheck('http://a/')
    finished.set(7, url, fine, metaCheck('{"n":1}'))
    expect(finished.agrees(7, url, metaCheck('{"n":1}'))).toBe(true)
    expect(finished.agrees(7, url, metaCheck('{"n":2}'))).toBe(false)
    expect(finished.agrees(7, url, metaCheck(null))).toBe(false)
    expect(finished.agrees(7, urlCheck('http://b/'), metaCheck('{"n":1}'))).toBe(false)
    expect(finished.set(7, url, missing, metaCheck('{"n":2}'))).toBe(false)
    // A record whose meta was not asked for.
    expect(finished.set(7, url, missing)).toBe(true)
    finished.set(8, url, fine)
    expect(finished.agrees(8, url, metaCheck('{"n":2}'))).toBe(true)
    expect(finished.set(8, url, fine, metaCheck('{"n":2}'))).toBe(true)
    expect(finished.agrees(8, url, metaCheck('{"n":3}'))).toBe(false)
  })

  it('keeps the last method that was said of an id', () => {
    const finished = new Finished()
    for (const method of [null, 'GET', 'PUT', 'GET']) {
      finished.set(7, 1, fine)
      finished.setMethod(7, method)
      expect(finished.method(7)).toBe(method)
    }
  })

  it('keeps the methods as a Map does, but says nothing of one that comes after 255 others', () => {
    const random = seededRandom(seed)
    const finished = new Finished()
    const model = new Map<number, string | null>()
    const methods = [null, ...Array.from({ length: 254 }, (_, number) => `M${number}`)]
    for (let count = 0; count < 5000; count++) {
      const id = 1 + random.below(20_000)
      const method = methods[random.below(1 + count / 10)] ?? null
      finished.set(id, 1, fine)
      finished.setMethod(id, method)
      model.set(id, method)
    }
    for (const method of methods) finished.setMethod(30_000, method)
    for (const [id, method] of model) expect(finished.method(id), `SEED=${seed}`).toBe(method)
    finished.setMethod(30_000, 'ONE-MORE')
    expect(finished.method(30_000)).toBeNull()
  })

  it('has nothing against a URL whose id it does not know', () => {
    const finished = new Finished()
    finished.set(7, 1, fine)
    expect(finished.agrees(8, 2)).toBe(true)
    expect(finished.agrees(700_000, 2)).toBe(true)
  })

  it.each([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])('keeps all 32 bits of the check %d', (check) => {
    const finished = new Finished()
    finished.set(1, check, fine)
    expect(finished.agrees(1, check)).toBe(true)
    for (let bit = 0; bit < 32; bit++) expect(finished.agrees(1, (check ^ (1 << bit)) >>> 0)).toBe(false)
  })

  it('does as a Map does, for ids that are dense, sparse, and up to 2^48', () => {
    const random = seededRandom(seed)
    const finished = new Finished()
    const model = new Map<number, { check: number; outcome: Outcome }>()
    const anyId = () => 1 + Math.floor(random.next() * random.pick([600, 5000, 2 ** 32, 2 ** 48]))
    for (let count = 0; count < 3000; count++) {
      const id = random.below(4) === 0 ? random.pick([...model.keys(), 512, 511, 513]) : anyId()
      const check = model.get(id)?.check ?? random.below(2 ** 32)
      const errorType = random.pick([null, ...errorTypes])
      const outcome = { statusCode: random.pick([null, 200, 404, 599, 999]), errorType }
      expect(finished.set(id, check, outcome), `SEED=${seed}`).toBe(true)
      model.set(id, { check, outcome })
    }
    expect(finished.size).toBe(model.size)
    expect(finished.lastId).toBe(Math.max(...model.keys()))
    for (const [id, { check, outcome }] of model) {
      expect(finished.outcome(id), `SEED=${seed} id ${id}`).toEqual(outcome)
      expect(finished.agrees(id, check)).toBe(true)
      expect([finished.has(id), finished.has(id + 1)]).toEqual([true, model.has(id + 1)])
      if (!model.has(id + 1)) expect(finished.outcome(id + 1)).toBeNull()
    }
    const counted = (outcomes: Iterable<Outcome>) => [...outcomes].map((outcome) => JSON.stringify(outcome)).toSorted()
    expect(counted(finished.outcomes())).toEqual(counted([...model.values()].map(({ outcome }) => outcome)))
  })

  it('takes 6 bytes an id where ids are neighbours', () => {
    const finished = new Finished()
    const before = process.memoryUsage().arrayBuffers
    for (let id = 1; id <= 200_000; id++) {
      finished.set(id, id, fine)
      finished.setMethod(id, 'POST')
    }
    expect((process.memoryUsage().arrayBuffers - before) / 200_000).toBeLessThan(6.2)
    expect(finished.size).toBe(200_000)
  })
})

describe('the check of a URL', () => {
  it('is FNV-1a of 32 bits', () => {
    // Vectors of draft-eastlake-fnv.
    expect(urlCheck('')).toBe(0x811c9dc5)
    expect(urlCheck('a')).toBe(0xe40c292c)
    expect(urlCheck('foobar')).toBe(0xbf9cf968)
  })

  it('tells apart URLs that differ in one character', () => {
    const checks = new Set(Array.from({ length: 10_000 }, (_, index) => urlCheck(`http://host.example/page/${index}`)))
    expect(checks.size).toBe(10_000)
    expect(urlCheck('http://a/ä')).not.toBe(urlCheck('http://a/Ä'))
  })
})
