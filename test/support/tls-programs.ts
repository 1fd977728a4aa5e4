// nginx and openssl s_server, for tests of what real ones do; who uses them skips where they are missing.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../fetchers/certificates/', import.meta.url))

/** The path of a file among the fetcher's certificates. */
export const certificate = (name: string): string => `${folder}${name}.pem`

export const hasNginx = has('nginx', '-v')
export const hasOpenssl = has('openssl', 'version')

export interface Program {
  /** `https://localhost:<port>`. */
  readonly origin: string
  readonly port: number
  close(): Promise<void>
}

/** An https server of nginx, which knows the authority of the client's certificate. @param directives of its `server` block */
export async function startNginx(directives: string, listen = 'ssl'): Promise<Program> {
  const home = await mkdtemp(join(tmpdir(), 'poolfetch-nginx-'))
  const port = await freePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${home}/${name};`)
  await writeFile(
    `${home}/nginx.conf`,
    `daemon off; master_process off; pid ${home}/pid; error_log ${home}/error.log;
     events {}
     http { access_log off; ${paths.join(' ')}
       server { listen 127.0.0.1:${port} ${listen};
         ssl_certificate ${certificate('server.cert')}; ssl_certificate_key ${certificate('server.key')};
         ssl_client_certificate ${certificate('authority.cert')};
         ${directives} } }`,
  )
  const program = await start(
    spawn('nginx', ['-c', `${home}/nginx.conf`, '-e', `${home}/error.log`], { stdio: 'ignore' }),
    port,
  )
  return {
    ...program,
    async close() {
      await program.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Answers every request with a page about its connection. */
export async function startOpenssl(...args: readonly string[]): Promise<Program> {
  const port = await freePort()
  const own = ['-cert', certificate('server.cert'), '-key', certificate('server.key')]
  const words = ['s_server', '-accept', `127.0.0.1:${port}`, '-quiet', '-www', ...own, ...args]
  return start(spawn('openssl', words, { stdio: 'ignore' }), port)
}

async function start(child: ChildProcess, port: number): Promise<Program> {
  const exited = once(child, 'exit')
  while (child.exitCode === null && !(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 10))
  if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`)
  return {
    origin: `https://localhost:${port}`,
    port,
    async close() {
      child.kill()
      await exited
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  socket.destroy()
  return isOpen
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  server.close()
  await once(server, 'close')
  return typeof bound === 'object' && bound !== null ? bound.port : 0
}

function has(program: string, argument: string): boolean {
  const found = spawnSync(program, [argument]).error === undefined
  if (!found) process.stderr.write(`skipped: what needs ${program}\n`)
  return found
}
