// Which of the programs that the comparison can use are installed, in which version, and how to get those that are not.

import { execFileSync, spawnSync } from 'node:child_process'
import { hasGnuTime } from '../lib/measure.mjs'

const programs = [
  { name: 'go', version: ['version'], debian: 'golang-go', brew: 'go', without: 'the Go pool' },
  { name: 'curl', version: ['--version'], debian: 'curl', brew: 'curl', without: 'curl -Z' },
  { name: 'wget2', version: ['--version'], debian: 'wget2', brew: 'wget2', without: 'wget2' },
  { name: 'openssl', version: ['version'], debian: 'openssl', brew: 'openssl', without: 'lists of https URLs' },
  { name: 'nginx', version: ['-v'], debian: 'nginx-light', brew: 'nginx', without: 'everything' },
]

/** @returns {Map<string, string>} the version of each that is there */
export function installed() {
  const found = new Map()
  for (const { name, version } of programs) {
    const { status, stdout, stderr } = spawnSync(name, version, { encoding: 'utf8' })
    const number = /\d+\.[\w.]+/.exec(`${stdout}${stderr}`)?.[0]
    if (status === 0 && number !== undefined) found.set(name, number)
  }
  return found
}

/** What is left out for lack of a program, and how to install that: a line each. */
export function missingLines(found) {
  const lines = programs
    .filter(({ name }) => !found.has(name))
    .map(
      ({ name, debian, brew, without }) =>
        `${name} is not installed, so ${without} is left out: apt-get install ${debian}, or brew install ${brew}`,
    )
  if (!hasGnuTime)
    lines.push(
      'GNU time is not installed, so only Node programs have CPU and memory: apt-get install time, or brew install gnu-time',
    )
  if (process.platform !== 'linux')
    lines.push('Lists of many hosts are left out: only Linux has all of 127.x.y.z without being told')
  return lines
}

/** Builds the Go peer. */
export function buildGoPool(path) {
  const source = new URL('../peers/go-pool/', import.meta.url)
  execFileSync('go', ['build', '-o', path, '.'], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] })
  return path
}
