import { linkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkDistinct } from '../../src/cli/distinct-files.js'
import { runCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

describe('files of a run that are one', () => {
  it.each([
    ['--warc', '--cookie-jar'],
    ['--warc', '--receipt'],
    ['--warc', '--state'],
    ['--cookie-jar', '--receipt'],
    ['--cookie-jar', '--state'],
    ['--receipt', '--state'],
  ])('are refused before anything is fetched: %s and %s', async (first, second) => {
    const path = join(await tempFolder(), 'out')
    const args = [first, path, second, path, '--retries', '0']
    const { code, stderr, stdout } = await runCli(args, { stdin: 'http://127.0.0.1:1/\n' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(path)
  })

  it('are refused by way of links, and where one is only read', async () => {
    const since = await tempFile('{}\n', 'since.jsonl')
    const folder = await tempFolder()
    const [hard, soft, dangling] = [join(folder, 'hard'), join(folder, 'soft'), join(folder, 'dangling')]
    linkSync(since, hard)
    symlinkSync(since, soft)
    symlinkSync(join(folder, 'none'), dangling)
    for (const link of [hard, soft]) {
      expect(() => checkDistinct({ since, warc: link })).toThrow(
        `--warc ${link} and --since ${since} are one file: name another one for either`,
      )
    }
    expect(() => checkDistinct({ cookieJar: dangling, state: join(folder, 'none') })).toThrow('are one file')
    expect(() => checkDistinct({ warc: soft, since }, { warc: 'POOLFETCH_WARC' })).toThrow(`POOLFETCH_WARC ${soft} and`)
  })

  it('are none where each has a place of its own', async () => {
    const folder = await tempFolder()
    const [warc, cookieJar, receipt, state] = ['a', 'b', 'c', 'd'].map((name) => join(folder, name))
    expect(() => checkDistinct({ warc, cookieJar, receipt, state })).not.toThrow()
    expect(() => checkDistinct({})).not.toThrow()
  })
})
