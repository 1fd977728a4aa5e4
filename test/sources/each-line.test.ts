import { describe, expect, it } from 'vitest'
import { noPlace, rejectLine } from '../../src/core/task.js'
import { EachLine, itemOfEach, type MakeItem } from '../../src/sources/each-line.js'
import { type Line, LineSplitter } from '../../src/sources/text.js'
import { template } from './reading.js'

const textOf = ({ bytes, start, end }: Line) => bytes.toString('utf8', start, end)

/** All of it, in two pieces. */
function madeOf<Made>(each: EachLine<Made>, text: string, cut = 3): Made[] {
  const bytes = Buffer.from(text)
  return [...each.push(bytes.subarray(0, cut), 0), ...each.push(bytes.subarray(cut), cut), ...each.end()]
}

it('each line becomes what is made of it, in the order of the list, but for those that nothing is made of', () => {
  const each = new EachLine(new LineSplitter(), (line) => (textOf(line) === 'no' ? null : textOf(line)))
  expect(madeOf(each, 'one\nno\n\ntwo\n# three\nfour')).toEqual(['one', 'two', 'four'])
})

describe('the item of each line', () => {
  const found: object[] = []
  const make: MakeItem = (id, line, place, { template: of, wallNow }) => {
    found.push({ id, text: textOf(line), ...place })
    return rejectLine(id, textOf(line), { type: 'invalid_url', code: 'X', message: '' }, of, wallNow())
  }

  function read(list: number, text: string): number[] {
    found.length = 0
    let id = 0
    const context = { template, wallNow: () => 1000, takeId: () => ++id, isSkipped: (of: number) => of === 2 }
    return madeOf(new EachLine(new LineSplitter(), itemOfEach(make, context, list)), text).map((item) => item.id)
  }

  it('has the id of the line, which a line that is skipped takes as well, and knows where it stands', () => {
    expect(read(4, 'a\n  bb\n ccc\n')).toEqual([1, 3])
    expect(found).toEqual([
      { id: 1, text: 'a', list: 4, start: 0, end: 1 },
      { id: 3, text: 'ccc', list: 4, start: 8, end: 11 },
    ])
  })

  it('stands nowhere in a list that cannot be read again', () => {
    expect(read(-1, 'a\nb\nc')).toEqual([1, 3])
    expect(found).toEqual([
      { id: 1, text: 'a', ...noPlace },
      { id: 3, text: 'c', ...noPlace },
    ])
  })
})
