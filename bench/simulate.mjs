// The scheduler on virtual time: how close a run comes to the shortest that its limits allow, and what a task costs in memory.
//
// npm run build && node bench/simulate.mjs [--big] [--seed 1]
// --big adds 10,000,000 URLs of 1,000,000 hosts, which takes some minutes.

import { setFlagsFromString } from 'node:v8'
import { parseArgs } from 'node:util'
import { runInNewContext } from 'node:vm'
import { print, printTable, wholeNumber } from './lib/report.mjs'
import { fillBacklog, fillFrontier, lowerBoundMs, seededRandom, simulate } from './lib/simulation.mjs'

const equal = (hosts, each) => Array.from({ length: hosts }, () => each)
const zipf = (hosts, largest) => Array.from({ length: hosts }, (_, rank) => Math.ceil(largest / (rank + 1)))

const scenarios = [
  {
    name: '30 hosts x 2,000, 10/s each, 30 workers',
    sizes: equal(30, 2000),
    workers: 30,
    capacity: 1000,
    limits: { intervalMs: 100 },
    meanMs: () => 50,
  },
  {
    name: '30 hosts x 2,000, one at a time each, 30 workers',
    sizes: equal(30, 2000),
    workers: 30,
    capacity: 1000,
    limits: { perHost: 1 },
    meanMs: () => 50,
  },
  {
    name: '30 hosts x 2,000, 10/s each, 10 workers: scarce',
    sizes: equal(30, 2000),
    workers: 10,
    capacity: 1000,
    limits: { intervalMs: 100 },
    meanMs: () => 100,
  },
  {
    name: '500 hosts, 10,000 down to 20 URLs, 20/s each, 20 workers',
    sizes: zipf(500, 10_000),
    workers: 20,
    capacity: 1000,
    limits: { intervalMs: 50 },
    meanMs: () => 100,
  },
  {
    name: '100 hosts x 200, 2 at a time, 20 to 290 ms, 20 workers',
    sizes: equal(100, 200),
    workers: 20,
    capacity: 1000,
    limits: { perHost: 2 },
    meanMs: (host) => 20 + (host % 10) * 30,
  },
  {
    name: '1 host x 20,000 and 1,000 x 20, 10/s each, 50 workers',
    sizes: [20_000, ...equal(1000, 20)],
    workers: 50,
    capacity: 10_000,
    limits: { intervalMs: 100 },
    meanMs: () => 200,
  },
  {
    name: 'the same with a frontier of fewer tasks than hosts (1,000)',
    sizes: [20_000, ...equal(1000, 20)],
    workers: 50,
    capacity: 1000,
    limits: { intervalMs: 100 },
    meanMs: () => 200,
  },
]

async function main({ seed, big }) {
  memory()
  print('')
  const rows = [['makespan / lower bound', 'sorted', 'shuffled', 'reversed', 'no look-ahead, sorted', 'us/URL']]
  for (const scenario of scenarios) rows.push(await ratios(scenario, seed))
  printTable(rows)
  print('')
  print(`small hosts beside a huge one: ${await smallHosts(seed)}`)
  if (big) await million(seed)
}

async function ratios(scenario, seed) {
  const { sorted, shuffled, reversed } = orders(scenario.sizes, seed)
  const began = process.hrtime.bigint()
  const cells = []
  for (const hostOf of [sorted, shuffled, reversed]) cells.push(await ratio(scenario, hostOf, seed, true))
  const microseconds = Number(process.hrtime.bigint() - began) / 1000 / (3 * sorted.length)
  return [scenario.name, ...cells, await ratio(scenario, sorted, seed, false), microseconds.toFixed(1)]
}

async function ratio(scenario, hostOf, seed, looksAhead) {
  const { makespanMs } = await run(scenario, hostOf, seed, { looksAhead })
  return (makespanMs / lowerBoundMs({ ...scenario, hostOf })).toFixed(3)
}

/** A request takes half to one and a half of its host's mean. */
function run(scenario, hostOf, seed, more = {}) {
  const random = seededRandom(seed)
  const latencyMs = (host) => scenario.meanMs(host) * (0.5 + random())
  return simulate({ ...scenario, hostOf, latencyMs, looksAhead: true, ...more })
}

/** When 99 % of the small hosts' URLs were done, with the huge host and without. */
async function smallHosts(seed) {
  const scenario = { ...scenarios[5], limits: { intervalMs: 100 } }
  const times = []
  for (const sizes of [scenario.sizes, [0, ...scenario.sizes.slice(1)]]) {
    const done = []
    const { shuffled } = orders(sizes, seed)
    await run(scenario, shuffled, seed, { onDone: (host, at) => host > 0 && done.push(at) })
    times.push(done[Math.floor(done.length * 0.99)])
  }
  const [beside, alone] = times.map((ms) => `${(ms / 1000).toFixed(1)} s`)
  return `99 % of their URLs done after ${beside}, alone after ${alone}: ${(times[0] / times[1]).toFixed(2)}`
}

function memory() {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc')
  const collect = () => Array.from({ length: 3 }, () => gc())
  const costs = [
    { what: 'a task that waits in the frontier', count: 100_000, fill: fillFrontier },
    { what: 'a parked line of a shuffled list', count: 1_000_000, fill: (size) => fillBacklog(size, 1000, false) },
    { what: 'a parked line of a sorted list', count: 1_000_000, fill: (size) => fillBacklog(size, 1000, true) },
  ]
  for (const { what, count, fill } of costs) {
    print(`${what}: ${bytesEach(fill, count, collect).toFixed(2)} bytes (of ${count})`)
  }
}

function bytesEach(fill, count, collect) {
  collect()
  const before = used()
  const held = fill(count)
  collect()
  const bytes = used() - before
  if (held.count !== count) throw new Error(`${held.count} of ${count} are held`)
  return bytes / count
}

function used() {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

async function million(seed) {
  const sizes = zipf(1_000_000, 640_000)
  const scenario = {
    sizes,
    workers: 1000,
    capacity: 100_000,
    limits: { intervalMs: 10, perHost: 100 },
    meanMs: (host) => 100 + (host % 7) * 50,
  }
  print('')
  for (const [order, hostOf] of Object.entries(orders(sizes, seed))) {
    const began = process.hrtime.bigint()
    const { makespanMs, peakBytes } = await run(scenario, hostOf, seed)
    const seconds = Number(process.hrtime.bigint() - began) / 1e9
    const bound = lowerBoundMs({ ...scenario, hostOf })
    print(
      `${hostOf.length} URLs of ${sizes.length} hosts, ${order}: ${(makespanMs / bound).toFixed(3)} of ${(bound / 1000).toFixed(0)} s, ` +
        `${seconds.toFixed(0)} s of this machine, heap ${(peakBytes / 1e6).toFixed(0)} MB (the list as numbers: ${(hostOf.byteLength / 1e6).toFixed(0)} MB of it)`,
    )
  }
}

function orders(sizes, seed) {
  const random = seededRandom(seed)
  const sorted = new Uint32Array(sizes.reduce((sum, size) => sum + size, 0))
  let at = 0
  for (const [host, size] of sizes.entries()) {
    sorted.fill(host, at, at + size)
    at += size
  }
  const shuffled = sorted.slice()
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const host = shuffled[last]
    shuffled[last] = shuffled[other]
    shuffled[other] = host
  }
  return { sorted, shuffled, reversed: sorted.toReversed() }
}

const { values } = parseArgs({ options: { big: { type: 'boolean' }, seed: { type: 'string', default: '1' } } })
await main({ big: values.big === true, seed: wholeNumber('seed', values.seed) })
