// What the command loads at its start: it runs where every other dependency would end it.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { runCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
const dependencies = Object.keys(manifest.dependencies)

/** A copy of the program whose dependencies, but for some, end whoever loads them. */
async function installWith(...usable: readonly string[]): Promise<string> {
  const folder = await tempFolder()
  for (const part of ['bin', 'dist', 'package.json'])
    await cp(join(root, part), join(folder, part), { recursive: true })
  for (const name of dependencies) {
    const path = join(folder, 'node_modules', name)
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'package.json'), JSON.stringify({ name, main: 'index.js' }))
    await writeFile(join(path, 'index.js'), `throw new Error(${JSON.stringify(`${name} was loaded`)})`)
  }
  for (const name of usable) await use(name, folder)
  return join(folder, 'bin', 'poolfetch.js')
}

/** A package, or a part of one: `undici/lib`. */
async function use(name: string, folder: string): Promise<void> {
  const [path, real] = [join(folder, 'node_modules', name), join(root, 'node_modules', name)]
  if (name.includes('/')) return symlink(real, path)
  await writeFile(join(path, 'index.js'), `module.exports = require(${JSON.stringify(real)})`)
}

describe('the start of the command', () => {
  it('loads no dependency where only the version is asked for', async () => {
    const bin = await installWith()
    const shown = { code: 0, stdout: `${manifest.version}\n`, stderr: '' }
    expect(await runCli(['--version'], { bin })).toMatchObject(shown)
    expect(await runCli(['-V'], { bin })).toMatchObject(shown)
    expect(await runCli(['--help'], { bin })).toMatchObject({ code: 3 })
  })

  it('loads for the help the parser of options alone', async () => {
    expect(await runCli(['--help'], { bin: await installWith('commander') })).toMatchObject({ code: 0, stderr: '' })
  })

  it('loads for a plain run the parsers of options and addresses, and of undici its client alone', async () => {
    const server = await startHttpServer((_request, response) => void response.end('hello'))
    onTestFinished(() => server.close())
    const list = await tempFile(`${server.origin}/\n`)
    const bin = await installWith('commander', 'ipaddr.js', 'undici/lib')
    expect(await runCli([list], { bin })).toMatchObject({ code: 0, stderr: '', records: [{ ok: true, body_bytes: 5 }] })
    const output = join(await tempFolder(), 'out.jsonl')
    expect(await runCli([list, '-o', output], { bin })).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })
})

describe('an installation that is broken', () => {
  it('is told in one line: exit 3', async () => {
    const bin = await installWith()
    await rm(join(bin, '../../dist'), { recursive: true })
    const { code, stdout, stderr } = await runCli(['--version'], { bin })
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/^poolfetch: cannot be loaded: [^\n]+\n$/)
  })
})

describe('the version', () => {
  it('is the same beside other options, which the parser reads then', async () => {
    for (const words of [
      ['--version', '-w', '5'],
      ['urls.txt', '-V'],
      ['--version', '--version'],
    ]) {
      expect(await runCli(words)).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
    }
    expect(await runCli(['--versions'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('what is printed instead of a run', () => {
  const program = `${root}bin/poolfetch.js`

  it.skipIf(!existsSync('/dev/full'))('fails in one line where it cannot be written: exit 3', () => {
    for (const word of ['--version', '--help', 'schema']) {
      const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" "$2" >/dev/full', process.execPath, program, word], {
        encoding: 'utf8',
      })
      const full = 'poolfetch: cannot write standard output: no space left on device\n'
      expect([word, status, stderr]).toEqual([word, 3, full])
    }
  })

  it('ends without a word where nobody reads it: exit 141', async () => {
    for (const word of ['--version', '--help', 'schema']) {
      const child = spawn(process.execPath, [program, word], { stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.destroy()
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
      expect([word, code, stderr]).toEqual([word, 141, ''])
    }
  })
})
