// As many hosts as URLs: memory hardly grows with them, but for their lines in the receipt.

import { Arrivals } from '../lib/arrivals.mjs'
import { startServer } from '../lib/arrivals-server.mjs'
import { figure } from '../lib/figures.mjs'
import { politenessFigures } from '../lib/politeness-figures.mjs'
import { runPoolfetch } from '../lib/poolfetch-run.mjs'
import { hostByHost, resolveAll } from './lists.mjs'

const few = 1000

export async function manyHosts({ folder, isQuick }) {
  const many = isQuick ? 10_000 : 100_000
  // As many URLs in both: how lazily memory is collected depends on how much was made.
  const runs = [await runHosts(few, many / few, folder), await runHosts(many, 1, folder)]
  const [short, wide] = runs
  const memory = figure({
    name: `${wide.name}: peak memory beside ${short.name}`,
    bound: short.peakMb,
    measured: wide.peakMb,
    unit: 'MB',
    atMost: 2,
    digits: 0,
    isNoisy: true,
  })
  const failed = figure({ name: `${wide.name}: failed`, measured: wide.records.failed, atMost: 0, digits: 0 })
  return { runs, figures: [memory, failed, ...politenessFigures('many hosts', runs)] }
}

async function runHosts(hosts, each, folder) {
  const arrivals = new Arrivals()
  const server = await startServer({ arrivals, latencyMs: 0 })
  const sizes = Array.from({ length: hosts }, (_, index) => [`h${index}.test:${server.port}`, each])
  const options = ['-w', '50', ...resolveAll(server.port)]
  try {
    const name = `${hosts} hosts x ${each}`
    return await runPoolfetch({ name, folder, urls: hostByHost(sizes), options, arrivals })
  } finally {
    await server.stop()
  }
}
