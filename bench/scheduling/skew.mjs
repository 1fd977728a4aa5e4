// One huge host beside many small ones: it sets the end and must not wait for it, and the small ones must not wait for it either.

import { Arrivals } from '../lib/arrivals.mjs'
import { startServer } from '../lib/arrivals-server.mjs'
import { figure } from '../lib/figures.mjs'
import { politenessFigures } from '../lib/politeness-figures.mjs'
import { runPoolfetch } from '../lib/poolfetch-run.mjs'
import { hostByHost, resolveAll, shuffled } from './lists.mjs'

const perSecond = 160
const latencyMs = 40
const workers = 40
const smallHosts = 400
/** As where a name must be looked up, and a connection made over a distance. */
const slowFirst = 5

export async function skew({ folder, isQuick }) {
  const sizes = isQuick ? { huge: 800, small: 5 } : { huge: 4000, small: 10 }
  const slowSizes = isQuick ? sizes : { huge: 1600, small: 10 }
  const beside = await runList({ name: 'skew, shuffled', sizes, folder })
  const alone = await runList({ name: 'skew, small hosts alone', sizes: { ...sizes, huge: 0 }, folder })
  const last = await runList({ name: 'skew, huge host last', sizes, folder, arrange: (urls) => urls, buffer: 1000 })
  const slow = await runList({ name: 'skew, slow first requests', sizes: slowSizes, folder, firstTimes: slowFirst })
  const runs = [beside, alone, last, slow]
  const figures = [
    ...[beside, last, slow].map((run) => makespanFigure(run, isQuick ? 1.2 : 1.1)),
    figure({
      name: 'skew, shuffled: 99 % of the small hosts done, beside them alone',
      bound: smallDoneS(alone),
      measured: smallDoneS(beside),
      unit: 's',
      atMost: 1.3,
      isNoisy: true,
    }),
  ]
  return { runs, figures: [...figures, ...politenessFigures('skew', runs)] }
}

async function runList({ name, sizes, folder, arrange = shuffled, buffer = 10_000, firstTimes = 1 }) {
  const arrivals = new Arrivals()
  const server = await startServer({ arrivals, latencyMs, firstTimes })
  const small = Array.from({ length: smallHosts }, (_, index) => [`small${index}.test:${server.port}`, sizes.small])
  const urls = arrange(hostByHost([...small, [`huge.test:${server.port}`, sizes.huge]]))
  const options = ['-r', `${perSecond}/s`, '-w', `${workers}`, '--buffer', `${buffer}`, ...resolveAll(server.port)]
  try {
    const run = await runPoolfetch({ name, folder, urls, options, arrivals })
    return { ...run, boundS: boundS(sizes, firstTimes) }
  } finally {
    await server.stop()
  }
}

function makespanFigure({ name, arrivals, boundS: bound }, atMost) {
  return figure({ name: `${name}: makespan`, bound, measured: arrivals.spanS, unit: 's', atMost, isNoisy: true })
}

function smallDoneS({ arrivals }) {
  return arrivals.answeredAfterS(0.99, (host) => host.startsWith('small'))
}

function boundS({ huge, small }, firstTimes) {
  const latencyS = latencyMs / 1000
  const workS = (huge + smallHosts * (small + firstTimes - 1)) * latencyS
  return Math.max((huge - 1) / perSecond + latencyS, workS / workers)
}
