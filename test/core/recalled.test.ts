import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/core/outcome.js'
import { recalled } from '../../src/core/recalled.js'
import type { RejectedLine, Source, SourceItem } from '../../src/types.js'
import { makeTask } from '../support/values.js'

const fine: Outcome = { statusCode: 200, errorType: null }

const rejected = (id: number): RejectedLine => ({
  kind: 'rejected',
  id,
  url: 'x',
  readAt: 0,
  method: 'GET',
  failure: { type: 'invalid_url', code: 'INVALID_URL', message: '' },
  meta: null,
})

function sourceOf(...batches: readonly (readonly SourceItem[])[]): Source {
  return {
    total: 17,
    async *[Symbol.asyncIterator]() {
      yield* batches
    },
  }
}

describe('a source without what earlier runs have done', () => {
  it('tells of what is done, and gives the rest, in the order of the list', async () => {
    const source = sourceOf([makeTask(1, 'http://a/1'), rejected(2), rejected(3)], [makeTask(4, 'http://a/4')], [])
    const seen: string[] = []
    const done = new Map([
      [1, fine],
      [3, fine],
    ])
    const rest = recalled(
      source,
      (id) => done.get(id) ?? null,
      (task, outcome) => void seen.push(`recalled ${task.id} ${outcome.statusCode}`),
    )
    for await (const batch of rest) for (const { id } of batch) seen.push(`given ${id}`)
    expect(seen).toEqual(['recalled 1 200', 'given 2', 'given 4'])
  })

  it('has as many URLs as it had', () => {
    expect(
      recalled(
        sourceOf(),
        () => fine,
        () => {},
      ).total,
    ).toBe(17)
  })
})
