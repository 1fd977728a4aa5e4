// However a response arrives, whole, byte by byte or cut anywhere, it is the same record.

import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isRedirect } from '../../src/core/redirect.js'
import type { Attempt, Fetcher } from '../../src/types.js'
import { never, taskFor, useOpened } from '../fetchers/setup.js'
import { cutAt, type PacedAnswer, type PacedServer, startPacedServer } from '../support/paced-server.js'
import { seed, seededRandom } from '../support/random.js'
import { type Sample, sampleMaxBytes, samples } from '../support/responses.js'

const { open, openFetcher } = useOpened()

/** Fetches under way at a time. */
const crew = 32

const times = new Set(['startedAt', 'wallTime', 'dnsMs', 'connectMs', 'tlsMs', 'firstByteMs', 'bodyMs'])

interface Trial {
  readonly how: string
  readonly cuts: readonly number[]
  readonly end: PacedAnswer['end']
}

interface Bench {
  readonly server: PacedServer
  readonly fetcher: Fetcher
  readonly trials: Trial[]
}

/** A server that serves each trial under a name of its own, so that no two share a connection. */
async function openBench(sample: Sample): Promise<Bench> {
  const trials: Trial[] = []
  const server = await open(
    startPacedServer(({ url, count }) => {
      const trial = trials[Number(/\d+/.exec(url.hostname)?.[0])]
      if (trial === undefined) return null
      // The second answer is cut where the first was, as far as it goes.
      const answer = count === 1 ? sample.answer : (sample.second ?? Buffer.alloc(0))
      return {
        pieces: cutAt(
          answer,
          trial.cuts.filter((cut) => cut < answer.length),
        ),
        end: trial.end,
      }
    }),
  )
  const fetcher = await openFetcher({
    resolve: [{ host: '*', port: server.port, address: '127.0.0.1' }],
    maxSizeBytes: sampleMaxBytes,
  })
  return { server, fetcher, trials }
}

/** What the trials bring, in their order: each an attempt, or two where another response follows on the connection. */
async function run({ server, fetcher, trials }: Bench, sample: Sample, asked: readonly Trial[]): Promise<unknown[]> {
  const results: unknown[] = []
  const waiting = asked.map((trial, index) => [index, trials.push(trial) - 1] as const)
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, number] = next
      const url = `http://trial-${number}.test:${server.port}/`
      const fetches = sample.second === null ? 1 : 2
      const attempts: unknown[] = []
      for (let nth = 0; nth < fetches; nth++) {
        attempts.push(comparable(await fetcher.fetch(taskFor(url, { request: { method: sample.method } }), never)))
      }
      results[index] = attempts
    }
  }
  await Promise.all(Array.from({ length: crew }, work))
  return results
}

/**
 * Apart from the figures of its times; that there are any is the same. A body that was given up midway counts what had come
 * by then, which is the one thing that its pieces decide; so does that of a redirect, which is waited for only so long.
 */
function comparable(attempt: Attempt): unknown {
  const isGivenUp = attempt.failure?.type === 'decode' || attempt.failure?.type === 'too_large'
  const varying = isGivenUp || isRedirected(attempt) ? /^(?:wireBytes|bodyBytes|bodyMs)$/ : /^$/
  return Object.fromEntries(
    Object.entries(attempt)
      .filter(([name]) => !varying.test(name))
      .map(([name, value]) => [name, times.has(name) && value !== null ? 'some' : value]),
  )
}

function isRedirected({ statusCode, locations, failure }: Attempt): boolean {
  return failure === null && statusCode !== null && isRedirect(statusCode) && locations.length > 0
}

function trialsOf({ answer, end }: Sample): Trial[] {
  const places = Array.from({ length: Math.max(0, answer.length - 1) }, (_, index) => index + 1)
  const random = seededRandom(seed)
  const ends: readonly PacedAnswer['end'][] = end === 'fin' ? ['fin', 'late fin'] : [end]
  return ends.flatMap((how) => [
    { how: `whole (${how})`, cuts: [], end: how },
    { how: `byte by byte (${how})`, cuts: places, end: how },
    ...places.map((place) => ({ how: `cut at ${place} (${how})`, cuts: [place], end: how })),
    ...Array.from({ length: 20 }, () => {
      const cuts = places.filter(() => random.next() < 0.1)
      return { how: `cut at ${cuts.join(', ')} (${how})`, cuts, end: how }
    }),
  ])
}

describe(`a response is the same however it arrives (SEED=${seed})`, () => {
  it.each(samples.map((sample) => [sample.name, sample] as const))('%s', async (_name, sample) => {
    const trials = trialsOf(sample)
    const [expected, ...results] = await run(await openBench(sample), sample, trials)
    expect(expected).toBeDefined()
    for (const [index, result] of results.entries()) {
      expect({ how: trials[index + 1]?.how, result }).toEqual({ how: trials[index + 1]?.how, result: expected })
    }
  })
})

it('the pieces that are sent are those that the client reads, an end in the same breath included', async () => {
  const answer = Buffer.from('0123456789'.repeat(20))
  const pieces = cutAt(answer, [1, 2, 3, 50, 51, 199])
  const server = await open(startPacedServer(() => ({ pieces, end: 'fin' })))
  const client = connect(server.port, '127.0.0.1')
  const read: string[] = []
  client.on('data', (chunk) => read.push(String(chunk)))
  client.write('GET / HTTP/1.1\r\n\r\n')
  await once(client, 'end')
  client.destroy()
  expect(read).toEqual(pieces.map(String))
})
