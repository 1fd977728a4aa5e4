import { expect, it } from 'vitest'
import { changedSource } from '../../src/core/changed-source.js'
import type { SourceItem } from '../../src/types.js'
import { makeTask } from '../support/values.js'

it('gives the changed batches one by one, none before it is asked for, and the total as it is known by then', async () => {
  const log: string[] = []
  const source = {
    total: undefined as number | undefined,
    async *[Symbol.asyncIterator]() {
      for (const id of [1, 2]) {
        log.push(`read ${id}`)
        yield [makeTask(id, `http://a/${id}`)]
      }
      source.total = 2
    },
  }
  const changed = changedSource(source, function* (batch): Generator<SourceItem> {
    for (const item of batch) {
      log.push(`change ${item.id}`)
      if (item.id === 2) yield item
    }
  })
  expect(changed.total).toBeUndefined()
  const found: number[] = []
  for await (const batch of changed) for (const { id } of batch) found.push(id)
  expect(found).toEqual([2])
  expect(log).toEqual(['read 1', 'change 1', 'read 2', 'change 2'])
  expect(changed.total).toBe(2)
})
