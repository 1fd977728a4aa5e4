// Packs the program, installs the tarball into an empty folder and fetches twenty URLs with what came out.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const urlCount = 20

async function main(folder) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  // Without --json, whose form differs between npm's majors, the last line is the file's name.
  const packed = await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  const tarball = packed.stdout.trim().split('\n').at(-1) ?? ''
  say(`packed ${tarball}`)

  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  await execute('npm', ['install', '--prefer-offline', '--no-fund', '--no-audit', join(folder, tarball)], {
    cwd: folder,
  })
  const printed = await execute('npx', ['--no-install', 'poolfetch', '--version'], { cwd: folder })
  check(printed.stdout.trim() === version, `--version printed ${JSON.stringify(printed.stdout)}, not ${version}`)
  say(`installed into an empty folder, version ${version}`)

  const { code, stdout, stderr } = await fetchTwenty(folder)
  const ids = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).id)
  const complete = new Set(ids).size === urlCount && ids.length === urlCount
  check(code === 0, `a run of ${urlCount} good URLs ended with exit code ${code}; stderr: ${stderr}`)
  check(complete, `a run of ${urlCount} URLs wrote ${ids.length} records`)
  say(`fetched ${urlCount} URLs, ${urlCount} records, exit code 0`)
}

async function fetchTwenty(folder) {
  const server = createServer((_request, response) => response.end('a page'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const urls = Array.from(
    { length: urlCount },
    (_, index) => `http://127.0.0.1:${server.address().port}/${index + 1}\n`,
  )
  await writeFile(join(folder, 'urls.txt'), urls.join(''))
  const child = spawn('npx', ['--no-install', 'poolfetch', 'urls.txt', '-w', '10'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  server.close()
  server.closeAllConnections()
  return { code, stdout, stderr }
}

function check(holds, message) {
  if (!holds) throw new Error(message)
}

function say(line) {
  process.stdout.write(`smoke: ${line}\n`)
}

const folder = await mkdtemp(join(tmpdir(), 'poolfetch-smoke-'))
try {
  await main(folder)
} catch (error) {
  say(`failed: ${error.message}${error.stderr ? `\n${error.stderr}` : ''}`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
