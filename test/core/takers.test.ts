import { describe, expect, it } from 'vitest'
import { Takers } from '../../src/core/takers.js'
import { makeTask } from '../support/values.js'

describe('Takers', () => {
  it('are served in their order', async () => {
    const takers = new Takers()
    const waiting = [takers.wait(), takers.wait()]
    expect(takers.length).toBe(2)
    const [first, second] = [1, 2].map((id) => makeTask(id, 'http://a.test/'))
    takers.give(first)
    takers.give(second)
    expect(await Promise.all(waiting)).toEqual([first, second])
    expect(takers.length).toBe(0)
  })

  it('learn of the end, or of an error, the first of them alone', async () => {
    const takers = new Takers()
    const waiting = [takers.wait(), takers.wait()]
    takers.fail(new Error('the list is gone'))
    takers.give(undefined)
    await expect(waiting[0]).rejects.toThrow('the list is gone')
    expect(await waiting[1]).toBeUndefined()
  })

  it('may be none', () => {
    const takers = new Takers()
    takers.give(undefined)
    takers.fail(new Error('nobody hears it'))
    expect(takers.length).toBe(0)
  })
})
