// The server that every benchmark fetches from: an nginx of its own, one worker, on free ports of loopback.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Answers no more than so many connections at a time; those that wait for another request are closed for new ones. */
const mostConnections = 16_384

/**
 * Bodies of 1 KiB everywhere, and of 100 KB below `/large/`.
 *
 * @param {object} [options]
 * @param {boolean} [options.isEverywhere] serve on all addresses 127.x.y.z. It listens on all addresses of the machine then, and refuses
 * whoever comes from elsewhere.
 * @param {boolean} [options.isSecure] serve https, too, with a certificate of its own that nobody vouches for
 * @returns {Promise<{ origin: string, httpPort: number, httpsPort: number | null, requests(): Promise<number>, stop(): Promise<void> }>}
 * `requests` counts what was served so far, without its own questions
 */
export async function startNginx({ isEverywhere = false, isSecure = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'poolfetch-bench-'))
  // nginx started by root serves as another user, who must be able to read the bodies.
  await chmod(folder, 0o755)
  const httpPort = await freePort()
  const httpsPort = isSecure ? await freePort() : null
  await mkdir(join(folder, 'large'))
  await writeFile(join(folder, 'body'), bodyOf(1024))
  await writeFile(join(folder, 'large', 'body'), bodyOf(100_000))
  if (isSecure) makeCertificate(folder)
  await writeFile(join(folder, 'nginx.conf'), config({ folder, httpPort, httpsPort, isEverywhere }))
  const child = spawn('nginx', ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const killAtExit = () => child.kill('SIGTERM')
  process.once('exit', killAtExit)
  const origin = `http://127.0.0.1:${httpPort}`
  let questions = 0
  const requests = async () => {
    questions++
    const status = await getText(`${origin}/status`)
    return Number(/^ *\d+ +\d+ +(\d+)/m.exec(status)?.[1]) - questions
  }
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await exited
    process.off('exit', killAtExit)
    await rm(folder, { recursive: true, force: true })
  }
  await waitFor(() => getText(`${origin}/status`), child)
  questions++
  return { origin, httpPort, httpsPort, requests, stop }
}

/** Whether nginx is installed. Where it is not, says what to do and sets exit code 2. */
export function hasNginx() {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    process.stderr.write(
      'This benchmark fetches from nginx, which is not installed: `apt-get install nginx-light`, or `brew install nginx`\n',
    )
    process.exitCode = 2
    return false
  }
}

function bodyOf(bytes) {
  return `${'x'.repeat(bytes - 1)}\n`
}

function makeCertificate(folder) {
  const key = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(folder, 'key.pem'),
  ]
  const certificate = ['-out', join(folder, 'certificate.pem'), '-days', '2', '-subj', '/CN=localhost']
  execFileSync('openssl', ['req', ...key, ...certificate], { stdio: 'ignore' })
}

function config({ folder, httpPort, httpsPort, isEverywhere }) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const address = isEverywhere ? '0.0.0.0' : '127.0.0.1'
  const listens = [`listen ${address}:${httpPort} backlog=4096;`]
  if (httpsPort !== null)
    listens.push(
      `listen ${address}:${httpsPort} ssl backlog=4096;`,
      `ssl_certificate ${folder}/certificate.pem;`,
      `ssl_certificate_key ${folder}/key.pem;`,
    )
  return `daemon off;
worker_processes 1;
worker_rlimit_nofile ${mostConnections + 64};
pid ${folder}/nginx.pid;
error_log ${folder}/error.log error;
events { worker_connections ${mostConnections}; }
http {
  access_log off;
  default_type text/plain;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  keepalive_timeout 60s;
  open_file_cache max=10 inactive=60s;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  server {
${listens.map((line) => `    ${line}`).join('\n')}
    allow 127.0.0.0/8;
    deny all;
    location = /status { stub_status; }
    location /large/ { root ${folder}; try_files /large/body =404; }
    location / { root ${folder}; try_files /body =404; }
  }
}
`
}

async function freePort() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function waitFor(attempt, child) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (child.exitCode !== null || tries === 100) throw new Error('nginx did not start', { cause: error })
      await sleep(50)
    }
  }
}

function getText(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
}
