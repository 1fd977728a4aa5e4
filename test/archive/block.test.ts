import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Block } from '../../src/archive/block.js'
import { tempFolder } from '../support/temp.js'

async function contents(block: Block): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of block.pieces()) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

it('is in memory up to a size, and in a file without a name from there on', async () => {
  const folder = await tempFolder()
  const block = new Block({ folder, memoryBytes: 2000 })
  let text = ''
  for (let index = 0; index < 5; index++) {
    block.write(Buffer.from('x'.repeat(100)))
    text += 'x'.repeat(100)
  }
  expect(Buffer.concat(block.inMemory() ?? []).toString()).toBe(text)
  for (let index = 0; index < 50; index++) {
    block.write(Buffer.from(`${index},`.repeat(100)))
    text += `${index},`.repeat(100)
  }
  expect(block.inMemory()).toBe(null)
  expect(block.length).toBe(text.length)
  expect(await contents(block)).toBe(text)
  if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([])
  block.close()
})

it('counts what memory takes for pieces of a byte each', async () => {
  const block = new Block({ folder: await tempFolder(), memoryBytes: 10_000 })
  for (let index = 0; index < 100; index++) block.write(Buffer.from('x'))
  expect(block.inMemory()).toBe(null)
  expect(await contents(block)).toBe('x'.repeat(100))
  block.close()
})

it('throws what the system says where there can be no file', async () => {
  const folder = join(await tempFolder(), 'none')
  const block = new Block({ folder, memoryBytes: 10 })
  expect(() => block.write(Buffer.alloc(11))).toThrow('ENOENT')
  block.close()
  expect(existsSync(folder)).toBe(false)
})
