// What the figures were measured on: the machine, and the version of everything that takes part.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { method } from '../lib/measure.mjs'

const require = createRequire(import.meta.url)

/** @param {Map<string, string>} found as of `installed.mjs` */
export function machineFacts(found) {
  return {
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memory_gib: Math.round(totalmem() / 2 ** 30),
      system: systemName(),
      kernel: `${type()} ${release().replace(/^(\d+\.\d+\.\d+).*/, '$1')}`,
    },
    versions: {
      poolfetch: require('../../package.json').version,
      node: process.versions.node,
      undici: require('undici/package.json').version,
      ...Object.fromEntries(found),
    },
    measured_by: method,
    // By the load of the minute before: wall times say little then.
    is_busy: loadavg()[0] > availableParallelism() / 2,
  }
}

function systemName() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? type()
  } catch {
    return type()
  }
}
