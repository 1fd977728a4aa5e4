// The server that every benchmark fetches from: an nginx of its own, one worker, on a free port of loopback.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * @returns {Promise<{ origin: string, requests(): Promise<number>, stop(): Promise<void> }>} `requests` counts what was served so
 * far, without its own questions
 */
export async function startNginx({ bodyBytes = 1024 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'poolfetch-bench-'))
  // nginx started by root serves as another user, who must be able to read the body.
  await chmod(folder, 0o755)
  const port = await freePort()
  await writeFile(join(folder, 'body'), `${'x'.repeat(bodyBytes - 1)}\n`)
  await writeFile(join(folder, 'nginx.conf'), config(folder, port))
  const child = spawn('nginx', ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const killAtExit = () => child.kill('SIGTERM')
  process.once('exit', killAtExit)
  const origin = `http://127.0.0.1:${port}`
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
  return { origin, requests, stop }
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

function config(folder, port) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
http {
  access_log off;
  default_type text/plain;
  keepalive_requests 100000000;
  keepalive_timeout 60s;
  open_file_cache max=10 inactive=60s;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /status { stub_status; }
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
