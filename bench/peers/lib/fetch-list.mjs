// The loop around a bare peer: streams a list, keeps so many URLs in flight, writes one record per URL.

import { once } from 'node:events'
import { createReadStream } from 'node:fs'

/**
 * @param {object} list
 * @param {string} list.listPath
 * @param {import('node:stream').Writable} list.out
 * @param {number} list.inFlight
 * @param {(id: number, url: string) => Promise<{ ok: boolean }>} list.fetchOne
 * @returns {Promise<number>} how many failed
 */
export async function fetchList({ listPath, out, inFlight, fetchOne }) {
  const batches = readBatches(listPath)
  let batch = []
  let nextInBatch = 0
  let refilled = null
  let lastId = 0
  let failures = 0
  let drained = null

  const work = async () => {
    for (;;) {
      while (nextInBatch === batch.length) if (!(await (refilled ??= refill()))) return
      const url = batch[nextInBatch++]
      const record = await fetchOne(++lastId, url)
      if (!record.ok) failures++
      if (!out.write(`${JSON.stringify(record)}\n`)) await (drained ??= nextDrain())
    }
  }

  // One read for all that wait; false at the list's end.
  const refill = async () => {
    const { done, value } = await batches.next()
    if (done) return false
    batch = value
    nextInBatch = 0
    refilled = null
    return true
  }

  // One listener for all that wait.
  const nextDrain = async () => {
    await once(out, 'drain')
    drained = null
  }

  await Promise.all(Array.from({ length: inFlight }, work))
  return failures
}

// Yields a chunk's lines at once: a promise per line would cost more than the loop itself.
async function* readBatches(path) {
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 16 })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  if (rest !== '') yield [rest]
}
