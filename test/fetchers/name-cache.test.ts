import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { cachedLookup } from '../../src/fetchers/name-cache.js'

const address: LookupAddress = { address: '127.0.0.1', family: 4 }

const patienceMs = 10_000

/** A resolver that answers when it is told to, and a clock that stands still. */
function setUp() {
  const asked: { hostname: string; answer: (error: Error | null, addresses?: LookupAddress[]) => void }[] = []
  const time = { now: 0 }
  const lookup: LookupFunction = (hostname, _options, callback) => {
    asked.push({ hostname, answer: (error, addresses = []) => callback(error, addresses) })
  }
  const cached = cachedLookup({ lookup, now: () => time.now, patienceMs })
  const ask = (hostname: string, options = {}) =>
    new Promise<LookupAddress[] | string>((resolve, reject) => {
      cached(hostname, { all: true, ...options }, (error, answer) => (error ? reject(error) : resolve(answer)))
    })
  const answer = (index: number, error: Error | null = null) =>
    asked[index]?.answer(error, error ? undefined : [address])
  return { asked, time, ask, answer }
}

const coded = (code: string) => Object.assign(new Error(code), { code })

describe('a name', () => {
  it('is asked for once, however many want it at the same time', async () => {
    const { asked, ask, answer } = setUp()
    const wanting = [ask('a.test'), ask('A.test'), ask('a.test')]
    expect(asked).toHaveLength(1)
    answer(0)
    expect(await Promise.all(wanting)).toEqual([[address], [address], [address]])
  })

  it('is known for a minute', async () => {
    const { asked, time, ask, answer } = setUp()
    const first = ask('a.test')
    answer(0)
    await first
    time.now = 59_999
    expect(await ask('a.test')).toEqual([address])
    expect(asked).toHaveLength(1)
    time.now = 60_000
    const again = ask('a.test')
    expect(asked).toHaveLength(2)
    answer(1)
    await again
  })

  it('that does not exist is known for ten seconds', async () => {
    const { asked, time, ask, answer } = setUp()
    const first = ask('nope.test')
    answer(0, coded('ENOTFOUND'))
    await expect(first).rejects.toThrow('ENOTFOUND')
    time.now = 9_999
    await expect(ask('nope.test')).rejects.toThrow('ENOTFOUND')
    expect(asked).toHaveLength(1)
    time.now = 10_000
    void ask('nope.test').catch(() => {})
    expect(asked).toHaveLength(2)
  })

  it('is asked for again after any other error', async () => {
    const { asked, ask, answer } = setUp()
    const first = ask('a.test')
    answer(0, coded('EAI_AGAIN'))
    await expect(first).rejects.toThrow('EAI_AGAIN')
    const second = ask('a.test')
    answer(1)
    expect(await second).toEqual([address])
    expect(asked).toHaveLength(2)
  })

  it('is asked for again where no answer came while anybody had waited for it', async () => {
    const { asked, time, ask, answer } = setUp()
    const first = ask('a.test')
    time.now = patienceMs - 1
    const joining = ask('a.test')
    expect(asked).toHaveLength(1)
    time.now = patienceMs
    const again = ask('a.test')
    expect(asked).toHaveLength(2)
    answer(1)
    expect(await again).toEqual([address])
    // What comes too late is for those who asked then, and changes nothing of what is known.
    answer(0, coded('EAI_AGAIN'))
    await expect(first).rejects.toThrow('EAI_AGAIN')
    await expect(joining).rejects.toThrow('EAI_AGAIN')
    expect(await ask('a.test')).toEqual([address])
    expect(asked).toHaveLength(2)
  })

  it('is another one with other options', () => {
    const { asked, ask } = setUp()
    void ask('a.test')
    void ask('a.test', { family: 6 })
    expect(asked).toHaveLength(2)
  })

  it('is answered with a list of its own', async () => {
    const { ask, answer } = setUp()
    const first = ask('a.test')
    answer(0)
    const list = await first
    if (typeof list !== 'string') list.length = 0
    expect(await ask('a.test')).toEqual([address])
  })

  it('is forgotten when there are too many, but not while it is asked for', async () => {
    const { asked, ask, answer } = setUp()
    const slow = ask('slow.test')
    for (let index = 1; index <= 10_001; index++) {
      const asking = ask(`h${index}.test`)
      answer(index)
      await asking
    }
    const count = asked.length
    void ask('h1.test')
    expect(asked).toHaveLength(count + 1)
    const other = ask('slow.test')
    expect(asked).toHaveLength(count + 1)
    answer(0)
    expect(await Promise.all([slow, other])).toEqual([[address], [address]])
  })

  it('is forgotten before others where its answer never comes', async () => {
    const { asked, time, ask, answer } = setUp()
    void ask('never.test')
    time.now = patienceMs
    for (let index = 1; index <= 10_000; index++) {
      const asking = ask(`h${index}.test`)
      answer(index)
      await asking
    }
    const count = asked.length
    await ask('h1.test')
    expect(asked).toHaveLength(count)
  })
})
