// The programs that are compared: how each is started, what must be installed for it, and whether it leaves records.

import { fileURLToPath } from 'node:url'
import { workers } from './workloads.mjs'

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const program = pathOf('../../bin/poolfetch.js')
const node = process.execPath

/**
 * Of a run: `list` is the file with the URLs, `output` the one for the records, `goPool` the built Go peer; certificates are taken as they come.
 *
 * @typedef {{ list: string, output: string, goPool: string | null, isSecure: boolean }} Run
 * @typedef {object} Tool
 * @property {string} [needs] of `installed.mjs`
 * @property {boolean} [isCurl] takes its list as a config file, and writes its records to standard output
 * @property {boolean} [hasNoRecords]
 * @property {(run: Run) => string[]} command
 */

/** @type {Record<string, Tool>} */
export const tools = {
  poolfetch: {
    command: ({ list, output, isSecure }) => [
      node,
      program,
      list,
      '-w',
      `${workers}`,
      '-f',
      'jsonl',
      '-o',
      output,
      ...(isSecure ? ['-k'] : []),
    ],
  },
  'poolfetch --version': { hasNoRecords: true, command: () => [node, program, '--version'] },
  'node -e 0': { hasNoRecords: true, command: () => [node, '-e', '0'] },
  'Go pool': {
    needs: 'go',
    command: ({ list, output, goPool, isSecure }) => [
      goPool,
      '-list',
      list,
      '-output',
      output,
      '-workers',
      `${workers}`,
      ...(isSecure ? ['-insecure'] : []),
    ],
  },
  'curl -Z': {
    needs: 'curl',
    isCurl: true,
    command: ({ list, isSecure }) => [
      'curl',
      '-s',
      '-Z',
      '--parallel-max',
      `${workers}`,
      '-K',
      `${list}.curl`,
      '-w',
      '%{json}\n',
      ...(isSecure ? ['-k'] : []),
    ],
  },
  // For information: it keeps no account of what it fetched.
  wget2: {
    needs: 'wget2',
    hasNoRecords: true,
    command: ({ list, isSecure }) => [
      'wget2',
      '-q',
      `--max-threads=${workers}`,
      '-i',
      list,
      '-O',
      '/dev/null',
      ...(isSecure ? ['--no-check-certificate'] : []),
    ],
  },
  'undici dispatch() loop': {
    command: ({ list, output }) => [node, pathOf('../peers/bare-dispatch.mjs'), list, output, `${workers}`],
  },
  'bare sockets': {
    command: ({ list, output }) => [node, pathOf('../peers/bare-sockets.mjs'), list, output, `${workers}`],
  },
}
