import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkReceipt } from '../../src/cli/check-receipt.js'
import { tempFolder } from '../support/temp.js'

it.each([
  ['by its own name', 'out', 'out'],
  ['by another way to it', './down/../out', 'out'],
  ['by a link', 'link', 'out'],
  ['by the link that the output is given by, too', 'out', 'link'],
])('cannot be the output, %s, whether or not that is there', async (_how, receipt, output) => {
  const folder = await tempFolder()
  symlinkSync('out', join(folder, 'link'))
  const options = { receipt: join(folder, receipt), output: join(folder, output), overwrite: true }
  for (const isThere of [false, true]) {
    if (isThere) writeFileSync(join(folder, 'out'), 'records')
    await expect(checkReceipt(options, [])).rejects.toThrow(`--receipt ${options.receipt} is the output`)
  }
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('records')
})

it('cannot be a list, and may be any other file', async () => {
  const folder = await tempFolder()
  writeFileSync(join(folder, 'list'), 'http://a/')
  const check = (receipt: string) =>
    checkReceipt({ receipt: join(folder, receipt), output: join(folder, 'out'), overwrite: true }, [
      join(folder, 'list'),
    ])
  await expect(check('list')).rejects.toThrow('is a list that is read')
  await check('receipt')
  await checkReceipt({ receipt: undefined, output: undefined, overwrite: false }, [])
})
