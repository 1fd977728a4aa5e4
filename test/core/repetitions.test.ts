import { describe, expect, it } from 'vitest'
import { Dedupe } from '../../src/core/dedupe.js'
import { withoutRepetitions } from '../../src/core/repetitions.js'
import type { Source, SourceItem } from '../../src/types.js'
import { sha256 } from '../support/digest.js'
import { getRequest, makeTask } from '../support/values.js'

describe('withoutRepetitions', () => {
  it('passes on the first of each request, and only tells of the others', async () => {
    const urls = ['http://a.test/1', 'http://a.test/2', 'http://a.test/1', 'http://a.test/1#x', 'http://a.test/3']
    const items: SourceItem[] = urls.map((url, index) => makeTask(index + 1, url))
    const source: Source = {
      total: 5,
      async *[Symbol.asyncIterator]() {
        yield items
      },
    }
    const dedupe = new Dedupe({ digest: sha256, common: getRequest, capacity: Number.POSITIVE_INFINITY })
    const once = withoutRepetitions(source, dedupe)
    const got: [number, string][] = []
    for await (const batch of once) for (const item of batch) got.push([item.id, item.kind])
    expect(got).toEqual([
      [1, 'task'],
      [2, 'task'],
      [3, 'repeated'],
      [4, 'repeated'],
      [5, 'task'],
    ])
    expect(once.total).toBe(5)
    expect(dedupe.waiting).toBe(2)
  })
})
