// A host that cannot be reached costs the others nothing, is hardly asked, and is there again once it can be.

import { setTimeout as sleep } from 'node:timers/promises'
import { Arrivals } from '../lib/arrivals.mjs'
import { startServer } from '../lib/arrivals-server.mjs'
import { figure } from '../lib/figures.mjs'
import { politenessFigures } from '../lib/politeness-figures.mjs'
import { runPoolfetch } from '../lib/poolfetch-run.mjs'
import { hostByHost } from './lists.mjs'

const latencyMs = 20
const downMs = 3000

export async function dead({ folder, isQuick }) {
  const sizes = isQuick
    ? { dead: 2000, live: 400, late: 400, breakerS: 2 }
    : { dead: 10_000, live: 2000, late: 2000, breakerS: 10 }
  const gone = await runDead(sizes, folder)
  const late = await runLate(sizes, folder)
  const runs = [...gone.runs, ...late.runs]
  return { runs, figures: [...gone.figures, ...late.figures, ...politenessFigures('dead', runs)] }
}

/** The dead host comes first in the list, with as many URLs as memory may hold. */
async function runDead(sizes, folder) {
  const refused = await refusedHost()
  const options = ['-r', '133/s', '--breaker', `${sizes.breakerS}s`]
  const run = async (name, deadUrls) => {
    const arrivals = new Arrivals()
    const server = await startServer({ arrivals, latencyMs })
    const urls = hostByHost([
      [refused, deadUrls],
      [server.host, sizes.live],
    ])
    try {
      return await runPoolfetch({ name, folder, urls, options, arrivals })
    } finally {
      await server.stop()
    }
  }
  const alone = await run('dead, the live host alone', 0)
  const beside = await run('dead, beside a dead host', sizes.dead)
  const deadRow = beside.records.byHost.get(refused)
  const figures = [
    figure({
      name: 'dead: wall time beside the live host alone',
      bound: alone.wallS,
      measured: beside.wallS,
      unit: 's',
      // A short run is mostly the program's start.
      atMost: sizes.live < 1000 ? 1.3 : 1.1,
      isNoisy: true,
    }),
    figure({
      name: 'dead: attempts at the dead host, of its URLs',
      bound: sizes.dead,
      measured: deadRow.attempts,
      atMost: 0.01,
      digits: 0,
    }),
    figure({
      name: 'dead: live URLs that failed',
      measured: beside.records.failed - deadRow.failed,
      atMost: 0,
      digits: 0,
    }),
  ]
  return { runs: [alone, beside], figures }
}

/** A host that is down when the run begins, and up three seconds later. */
async function runLate({ late, live }, folder) {
  const perSecond = 200
  const lateHost = await refusedHost()
  const [address, port] = lateHost.split(':')
  const arrivals = new Arrivals()
  const server = await startServer({ arrivals, latencyMs })
  const urls = hostByHost([
    [lateHost, late],
    [server.host, live],
  ])
  const ending = new AbortController()
  const opened = openLater({ arrivals, latencyMs, address, port: Number(port) }, ending.signal)
  try {
    const options = ['-r', `${perSecond}/s`]
    const run = await runPoolfetch({
      name: 'dead, down at first',
      folder,
      urls,
      options,
      arrivals,
      unreachable: [lateHost],
    })
    const { server: lateServer, openedAt } = await opened
    await lateServer.stop()
    return { runs: [run], figures: lateFigures(run, lateHost, openedAt, (late - 1) / perSecond + latencyMs / 1000) }
  } finally {
    ending.abort()
    await server.stop()
  }
}

/** Three seconds after the other host is first asked. */
async function openLater(options, signal) {
  while (options.arrivals.firstAt === Number.POSITIVE_INFINITY) await sleep(5, undefined, { signal })
  await sleep(downMs, undefined, { signal })
  return { server: await startServer(options), openedAt: performance.now() }
}

function lateFigures({ arrivals, records }, host, openedAt, hostS) {
  const firstAt = arrivals.hosts.get(host)?.cameAt[0] ?? Number.POSITIVE_INFINITY
  return [
    figure({
      name: 'dead, down at first: makespan',
      bound: downMs / 1000 + hostS,
      measured: arrivals.spanS,
      unit: 's',
      atMost: 1.25,
      isNoisy: true,
    }),
    figure({
      name: 'dead, down at first: until it is asked once it is up',
      measured: (firstAt - openedAt) / 1000,
      unit: 's',
      atMost: 2,
    }),
    figure({ name: 'dead, down at first: failed', measured: records.failed, atMost: 0, digits: 0 }),
  ]
}

/** An address and port where nobody listens: somebody did a moment ago. */
async function refusedHost() {
  const server = await startServer({ arrivals: new Arrivals(), latencyMs: 0, address: '127.0.2.1' })
  await server.stop()
  return server.host
}
