import { describe, expect, it } from 'vitest'
import { adopted } from '../../src/core/adopted.js'
import { rejectLine } from '../../src/core/task.js'
import { savedRecord } from '../../src/core/record.js'
import type { FetchTask, SourceItem } from '../../src/types.js'
import { getRequest, makeTask } from '../support/values.js'

const template = { request: getRequest, defaultScheme: 'http' } as const
const failure = { type: 'invalid_url', code: 'URL_INVALID', message: 'no URL' } as const

/** The items of ids 1 to 3, the second of which is no URL, where the body of the third is there. */
async function itemsOf(recalled: [number, string | null][] = []): Promise<SourceItem[]> {
  const listed = [makeTask(1, 'http://a/1'), rejectLine(2, 'x y', failure, template, 0), makeTask(3, 'http://a/3')]
  const source = {
    total: 3,
    async *[Symbol.asyncIterator]() {
      yield listed.slice(0, 1)
      yield listed.slice(1)
    },
  }
  const resultOf = (task: FetchTask) =>
    task.id === 3 ? savedRecord(task, { file: 'b/3', bytes: 9, sha256: null }) : null
  const recall = ({ id }: FetchTask, { errorType }: { errorType: string | null }) => void recalled.push([id, errorType])
  const items: SourceItem[] = []
  const found = adopted(source, resultOf, recall)
  expect(found.total).toBe(3)
  for await (const batch of found) items.push(...batch)
  return items
}

describe('a source with bodies that are there', () => {
  it('gives the record of a task whose body is there, and everything else as it is', async () => {
    const items = await itemsOf()
    expect(items.map(({ id, kind }) => [id, kind])).toEqual([
      [1, 'task'],
      [2, 'rejected'],
      [3, 'known'],
    ])
    expect(items[2]).toMatchObject({
      url: 'http://a/3',
      result: { id: 3, ok: true, attempts: 0, file: 'b/3', body_bytes: 9 },
    })
  })

  it('tells who looks for repetitions', async () => {
    const recalled: [number, string | null][] = []
    await itemsOf(recalled)
    expect(recalled).toEqual([[3, null]])
  })
})
