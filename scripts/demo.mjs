// The demo: poolfetch on fixtures/demo/urls.txt against a small internet on loopback. Further arguments go to poolfetch.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startDemoServer } from './demo-server.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const listedPort = 8470
const listPath = join('fixtures', 'demo', 'urls.txt')

async function main(extraArguments) {
  const server = await startOnSomePort()
  const list = await listFor(server.port)
  const parameters = [list.path, '-w', '10', '--per-host', '3', '-t', '3s', ...extraArguments]
  say(`poolfetch ${parameters.join(' ')}`)
  const { code, signal } = await runPoolfetch(parameters)
  await server.stop()
  await list.remove()
  say(`exit code ${code ?? signal}: ${meaning(code)}`)
  // Failures are part of the show: 1 is the outcome that is expected.
  process.exitCode = code === 1 ? 0 : code || 3
}

async function startOnSomePort() {
  try {
    return await startDemoServer(listedPort)
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error
    return startDemoServer(0)
  }
}

// The list names one port. Where that one is taken, a copy with another port does.
async function listFor(port) {
  if (port === listedPort) return { path: listPath, remove: async () => {} }
  say(`port ${listedPort} is taken, so the list is a copy with port ${port}`)
  const folder = await mkdtemp(join(tmpdir(), 'poolfetch-demo-'))
  const path = join(folder, 'urls.txt')
  const text = await readFile(join(root, listPath), 'utf8')
  await writeFile(path, text.replaceAll(`:${listedPort}/`, `:${port}/`))
  return { path, remove: () => rm(folder, { recursive: true }) }
}

async function runPoolfetch(parameters) {
  const bin = join(root, 'bin', 'poolfetch.js')
  const child = spawn(process.execPath, [bin, ...parameters], { cwd: root, stdio: 'inherit', env: directEnvironment() })
  // A terminal's own signals reach poolfetch too, which then ends in order: wait for it.
  for (const name of ['SIGINT', 'SIGHUP']) process.on(name, () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code, signal] = await once(child, 'exit')
  return { code, signal }
}

// A proxy of the environment could not reach this machine's loopback.
function directEnvironment() {
  const names = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'])
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.has(name.toUpperCase())))
}

function meaning(code) {
  if (code === 1) return 'the run finished, and the 7 URLs that should fail did'
  if (code === 0) return 'no URL failed, though 7 should have'
  if (code === 130 || code === 143 || code === 129) return 'ended by a signal'
  return 'not what the demo is meant to show'
}

function say(line) {
  process.stderr.write(`demo: ${line}\n`)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  say(error.message)
  process.exitCode = 3
}
