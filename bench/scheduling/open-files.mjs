// Few open files for many hosts and workers: fewer at a time, and nothing fails.

import { Arrivals } from '../lib/arrivals.mjs'
import { startServer } from '../lib/arrivals-server.mjs'
import { figure } from '../lib/figures.mjs'
import { politenessFigures } from '../lib/politeness-figures.mjs'
import { runPoolfetch } from '../lib/poolfetch-run.mjs'
import { hostByHost, resolveAll, shuffled } from './lists.mjs'

export async function openFiles({ folder, isQuick }) {
  const arrivals = new Arrivals()
  const server = await startServer({ arrivals, latencyMs: 20 })
  const sizes = Array.from({ length: 300 }, (_, index) => [`h${index}.test:${server.port}`, isQuick ? 5 : 20])
  try {
    const run = await runPoolfetch({
      name: 'open files, 64 for 100 workers',
      folder,
      urls: shuffled(hostByHost(sizes)),
      options: ['-w', '100', ...resolveAll(server.port)],
      arrivals,
      openFiles: 64,
    })
    const failed = figure({ name: `${run.name}: failed`, measured: run.records.failed, atMost: 0, digits: 0 })
    return { runs: [run], figures: [failed, ...politenessFigures('open files', [run])] }
  } finally {
    await server.stop()
  }
}
