// The format of a list: by extension, else by its first line that is not blank.

import { template } from './reading.js'
import { describe, expect, it } from 'vitest'
import { type ChosenList, chooseFormat } from '../../src/sources/choose.js'
import type { Piece, SourceFormat } from '../../src/sources/format.js'
import { lines } from '../../src/sources/lines.js'

const seen: string[] = []
const objects: SourceFormat = {
  ...lines,
  extensions: ['.objects'],
  matches: (line) => {
    seen.push(line)
    return line.startsWith('{')
  },
}
const other: SourceFormat = { ...lines, extensions: ['.other'], matches: () => false }

async function* piecesOf(chunks: readonly string[]): AsyncGenerator<Piece, void, undefined> {
  let offset = 0
  for (const chunk of chunks) {
    const bytes = await Promise.resolve(Buffer.from(chunk))
    yield { bytes, offset }
    offset += bytes.length
  }
}

function choose(path: string | undefined, ...chunks: string[]): Promise<ChosenList> {
  seen.length = 0
  return chooseFormat({ formats: [lines, other, objects], fallback: lines, template }, path, piecesOf(chunks))
}

async function textOf({ pieces }: ChosenList): Promise<string> {
  let text = ''
  for await (const { bytes } of pieces) text += bytes.toString()
  return text
}

describe('chooseFormat', () => {
  it('goes by the extension, in any case, and looks no further', async () => {
    expect((await choose('/x/list.OBJECTS', 'http://a/')).format).toBe(objects)
    expect((await choose('list.txt', '{')).format).toBe(lines)
    expect(seen).toEqual([])
  })

  it('goes by the first line that is not blank where there is no extension that it knows', async () => {
    expect((await choose('list.data', '\n \r\n', '\t{"url"', ':1} \n{}')).format).toBe(objects)
    expect(seen).toEqual(['{"url":1}'])
    expect((await choose(undefined, 'http://a/\n{')).format).toBe(lines)
    expect((await choose('{', 'http://a/')).format).toBe(lines)
  })

  it('gives the whole list but for blanks at its beginning', async () => {
    for (const text of ['', '\n', '{', '{}\n', 'a\r\nb\n', '\n\n{\n}\nrest']) {
      for (let at = 0; at <= text.length; at++) {
        const chosen = await choose(undefined, text.slice(0, at), text.slice(at))
        expect((await textOf(chosen)).trimStart()).toBe(text.trimStart())
        expect(chosen.format).toBe(text.includes('{') ? objects : lines)
      }
    }
  })

  it('judges a first line without end by its beginning', async () => {
    const chunks = Array.from({ length: 10 }, () => `{${'x'.repeat(10_000)}`)
    const chosen = await choose(undefined, ...chunks)
    expect(chosen.format).toBe(objects)
    expect(seen[0]?.length).toBe(65_536)
    expect(await textOf(chosen)).toBe(chunks.join(''))
  })

  it('passes over any amount of blanks', async () => {
    const chosen = await choose(undefined, ...Array.from({ length: 10 }, () => ' \n'.repeat(40_000)), '{}')
    expect(chosen.format).toBe(objects)
  })

  it('takes nothing for a blank that makes a line', async () => {
    for (const chunks of [
      ['\u00a0\n', 'http://a/'],
      [' '.repeat(65_536) + 'a\n'],
      ['\n ', ' '.repeat(65_535) + 'ab\n'],
    ]) {
      expect((await textOf(await choose(undefined, ...chunks))).replace(/^[ \n]+/, '')).toBe(
        chunks.join('').replace(/^[ \n]+/, ''),
      )
    }
  })

  it('leaves every piece its place in the list', async () => {
    const chunks = ['\n\n', '\t \n', '  {', '}\n', 'rest']
    const { pieces } = await choose(undefined, ...chunks)
    for await (const { bytes, offset } of pieces) {
      expect(chunks.join('').slice(offset, offset + bytes.length)).toBe(bytes.toString())
    }
  })
})
