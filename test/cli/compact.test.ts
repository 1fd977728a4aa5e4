import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { failed, idsOf, line } from '../checkpoint/outputs.js'
import { runCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

describe('poolfetch compact', () => {
  it('leaves one record of each id, and says what it did', async () => {
    const path = await tempFile(failed(1, 'timeout') + line(2) + line(1))
    const { code, stdout, stderr } = await runCli(['compact', path])
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toBe(`poolfetch: ${path}: 2 records; 1 that later ones replace was removed\n`)
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([2, 1])
  })

  it('takes several files, and says of each what was wrong with it', async () => {
    const first = await tempFile(`${line(1)}garbage\n${line(2).slice(0, 50)}`)
    const second = await tempFile(line(1))
    const { code, stderr } = await runCli(['compact', first, second])
    expect(code).toBe(0)
    expect(stderr.trim().split('\n')).toEqual([
      `poolfetch: ${first}: 1 record; 0 that later ones replace were removed; a damaged line was set aside in ${first}.bad; an unfinished last line of 50 bytes was cut off`,
      `poolfetch: ${second}: 1 record; 0 that later ones replace were removed`,
    ])
    expect(readFileSync(`${first}.bad`, 'utf8')).toBe('garbage\n')
    expect(readFileSync(first, 'utf8')).toBe(line(1))
  })

  it('leaves an empty file empty', async () => {
    const path = await tempFile('')
    expect((await runCli(['compact', path])).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('')
  })

  it('touches no file that is no output: exit 2', async () => {
    const path = await tempFile('')
    for (const content of ['http://a/\n', '{"name":"x"}', '\u007fELF\u0000\n', 'id,url\n1,x\n']) {
      writeFileSync(path, content)
      const { code, stderr } = await runCli(['compact', path])
      expect([code, readFileSync(path, 'utf8')]).toEqual([2, content])
      expect(stderr).toContain('is no output')
    }
  })

  it('needs a file that is there: exit 2; a folder is exit 3', async () => {
    const folder = await tempFolder()
    expect(await runCli(['compact', `${folder}/none`])).toMatchObject({
      code: 2,
      stderr: `poolfetch: cannot read ${folder}/none: no such file\n`,
    })
    expect((await runCli(['compact', folder])).code).toBe(3)
    expect((await runCli(['compact'])).code).toBe(2)
    expect((await runCli(['compact', '--help'])).stdout).toContain('leave one record of each id')
  })
})
