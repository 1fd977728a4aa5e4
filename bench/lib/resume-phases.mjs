// Where the time goes before the first request of a run that goes on: for `node --cpu-prof bench/lib/resume-phases.mjs list output`, too.

import { Checkpoint } from '../../dist/checkpoint/checkpoint.js'
import { openSource } from '../../dist/sources/index.js'
import { print } from './report.mjs'

const [list, output] = process.argv.slice(2)
const template = { request: { method: 'GET', headers: [], body: null }, defaultScheme: 'https' }

const startedAt = performance.now()
const cpu = () => process.cpuUsage().user / 1e6
const checkpoint = await Checkpoint.open({ path: output, name: output, isRepeated: () => false })
const [readAt, readCpu] = [performance.now(), cpu()]
const source = await openSource([list], {
  format: 'auto',
  template,
  stdin: null,
  wallNow: Date.now,
  countTotal: false,
  isSkipped: (id) => checkpoint.outcome(id) !== null,
})
await checkpoint.compare(source.preview.bind(source))
const [comparedAt, comparedCpu] = [performance.now(), cpu()]
const seconds = (from, to) => ((to - from) / 1000).toFixed(2)
print(
  `reading the output ${seconds(startedAt, readAt)} s (${readCpu.toFixed(2)} CPU), ` +
    `comparing the list ${seconds(readAt, comparedAt)} s (${(comparedCpu - readCpu).toFixed(2)} CPU), ` +
    `${checkpoint.earlier.done} done`,
)
