// A list in blocks of one host each, longer than memory may hold: as fast as the limits allow, in whatever order it comes.

import { Arrivals } from '../lib/arrivals.mjs'
import { startServer } from '../lib/arrivals-server.mjs'
import { figure } from '../lib/figures.mjs'
import { politenessFigures } from '../lib/politeness-figures.mjs'
import { runPoolfetch } from '../lib/poolfetch-run.mjs'
import { hostByHost, shuffled } from './lists.mjs'

const hosts = 30
const perSecond = 80
const latencyMs = 20
const workers = 60
const perHost = 4

const orders = [
  { name: 'sorted', arrange: (urls) => urls },
  { name: 'shuffled', arrange: (urls) => shuffled(urls) },
  { name: 'reversed', arrange: (urls) => urls.toReversed() },
  { name: 'sorted, from a pipe', arrange: (urls) => urls, isPiped: true },
]

export async function sorted({ folder, isQuick }) {
  const each = isQuick ? 200 : 2000
  const runs = []
  for (const order of orders) runs.push(await runOrder(order, each, folder))
  const figures = runs.flatMap(({ name, arrivals }) => [
    figure({
      name: `${name}: makespan`,
      bound: boundS(each),
      measured: arrivals.spanS,
      unit: 's',
      atMost: isQuick ? 1.2 : 1.05,
      isNoisy: true,
    }),
    figure({
      name: `${name}: until all ${hosts} hosts are asked`,
      measured: arrivals.hostsAskedAfterS(hosts),
      unit: 's',
      atMost: 1,
      isNoisy: true,
    }),
  ])
  return { runs, figures: [...figures, ...politenessFigures('sorted', runs)] }
}

async function runOrder({ name, arrange, isPiped = false }, each, folder) {
  const arrivals = new Arrivals()
  const addresses = Array.from({ length: hosts }, (_, index) => `127.0.1.${index + 1}`)
  const servers = await Promise.all(addresses.map((address) => startServer({ arrivals, latencyMs, address })))
  const urls = arrange(hostByHost(servers.map(({ host }) => [host, each])))
  const options = ['-r', `${perSecond}/s`, '--per-host', `${perHost}`, '-w', `${workers}`, '--buffer', '1000']
  try {
    return await runPoolfetch({ name, folder, urls, options, arrivals, isPiped })
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function boundS(each) {
  const latencyS = latencyMs / 1000
  return Math.max((each - 1) / perSecond + latencyS, (each * latencyS) / perHost, (hosts * each * latencyS) / workers)
}
