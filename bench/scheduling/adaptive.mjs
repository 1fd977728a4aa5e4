// Hosts that allow so much a second and do not say so: hardly ever asked too much, and most of what they allow is used.

import { Arrivals } from '../lib/arrivals.mjs'
import { startServer } from '../lib/arrivals-server.mjs'
import { figure } from '../lib/figures.mjs'
import { politenessFigures } from '../lib/politeness-figures.mjs'
import { runPoolfetch } from '../lib/poolfetch-run.mjs'
import { fixedWindow, slidingWindow, tokenBucket } from '../lib/request-limits.mjs'
import { hostByHost } from './lists.mjs'

const perSecond = 20
const latencyMs = 50
const workers = 10

const limits = [
  { name: 'token bucket', create: () => tokenBucket({ perSecond, burst: 5 }) },
  { name: 'fixed window', create: () => fixedWindow({ perSecond }) },
  { name: 'sliding window', create: () => slidingWindow({ perSecond }) },
]

/** All at once: they are slow by nature, and far from what the machine can do. */
export async function adaptive({ folder, isQuick }) {
  const count = isQuick ? 300 : 1200
  const kinds = limits.flatMap((limit) => [
    { limit, retryAfterS: null, name: `adaptive, ${limit.name}` },
    { limit, retryAfterS: 1, name: `adaptive, ${limit.name}, Retry-After` },
  ])
  const runs = await Promise.all(kinds.map((kind) => runKind(kind, count, folder)))
  const figures = runs.flatMap((run) => figuresOf(run, isQuick ? 0.7 : 0.8))
  return { runs, figures: [...figures, ...politenessFigures('adaptive', runs)] }
}

async function runKind({ name, limit, retryAfterS }, count, folder) {
  const arrivals = new Arrivals()
  const server = await startServer({ arrivals, latencyMs, allows: limit.create(), retryAfterS })
  const urls = hostByHost([[server.host, count]])
  try {
    return await runPoolfetch({ name, folder, urls, options: ['-w', `${workers}`], arrivals })
  } finally {
    await server.stop()
  }
}

function figuresOf({ name, arrivals, records }, leastUsed) {
  const [{ answeredAt, refused }] = arrivals.hosts.values()
  const answers = answeredAt.length + refused
  return [
    figure({
      name: `${name}: 429 of answers`,
      bound: answers,
      measured: refused,
      atMost: 0.05,
      digits: 0,
      isNoisy: true,
    }),
    figure({
      name: `${name}: capacity used`,
      bound: perSecond,
      measured: answeredAt.length / arrivals.spanS,
      unit: '/s',
      atLeast: leastUsed,
      isNoisy: true,
    }),
    figure({ name: `${name}: failed`, measured: records.failed, atMost: 0, digits: 0 }),
  ]
}
