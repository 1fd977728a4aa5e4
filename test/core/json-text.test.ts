import { describe, expect, it } from 'vitest'
import { partOf } from '../../src/core/json-text.js'
import { type Random, seed, seededRandom } from '../support/random.js'

describe('a part of a JSON text', () => {
  const json = ` { "a" : { "b" : [ 1, {"c":"x\\"] }"}, [] ] } , "n":null,"id":12345678901234567890, "length":"long", "":5, "k\\u0065y": true }`

  it.each<[path: string[], part: string | null]>([
    [['a', 'b', '0'], '1'],
    [['a', 'b', '1', 'c'], '"x\\"] }"'],
    [['a', 'b', '1'], '{"c":"x\\"] }"}'],
    [['a'], '{"b":[1,{"c":"x\\"] }"},[]]}'],
    [['a', 'b', 'length'], '3'],
    [['a', 'b', '2', 'length'], '0'],
    [['a', 'b', '1', 'c', 'length'], '5'],
    [['length'], '"long"'],
    [['length', 'length'], '4'],
    [['n'], 'null'],
    [['key'], 'true'],
    [['id'], '12345678901234567890'],
    [['a', 'length'], null],
    [['id', 'length'], null],
    [['n', 'x'], null],
    [['a', 'b', '3'], null],
    [['a', 'b', '-1'], null],
    [['a', 'b', '01'], null],
    [['a', 'b', '1e0'], null],
    [['a', 'b', 'length', 'length'], null],
    [['A'], null],
    [['constructor'], null],
    [['__proto__'], null],
    [['a', 'b', 'map'], null],
  ])('%j is %s', (path, part) => {
    expect(partOf(json, path)).toBe(part)
  })

  it('may be all of it, in one line', () => {
    expect(partOf(' [1,\r\n\t"a b" ] ', [])).toBe('[1,"a b"]')
    expect(partOf(' 5 ', [])).toBe('5')
  })

  it('is the last of several members of a name', () => {
    expect(partOf('{"a":1,"a":{"b":2}}', ['a', 'b'])).toBe('2')
    expect(partOf('{"__proto__":{"x":1}}', ['__proto__', 'x'])).toBe('1')
  })

  it('is what JSON.parse finds there, whatever the text', () => {
    const random = seededRandom(seed)
    for (let round = 0; round < 2000; round++) {
      const value = randomValue(random, 4)
      const text = JSON.stringify(value, null, random.pick([0, 1, '\t']))
      const path = Array.from({ length: random.below(4) }, () => random.pick(names))
      const part = partOf(text, path)
      expect(part === null ? undefined : JSON.parse(part), `SEED=${seed}: ${path.join()} of ${text}`).toEqual(
        walk(value, path),
      )
      if (part !== null) expect(part, `SEED=${seed}`).toBe(JSON.stringify(JSON.parse(part)))
    }
  })

  it('is found in a large text without going through it character by character', () => {
    const large = JSON.stringify({
      pad: '\\"'.repeat(1_000_000),
      items: Array.from({ length: 100_000 }, () => [{}]),
      id: 7,
    })
    expect(partOf(large, ['id'])).toBe('7')
    expect(partOf(large, ['items', 'length'])).toBe('100000')
    expect(partOf(large, ['pad', 'length'])).toBe('2000000')
  })
})

const names = ['0', '1', 'a', 'b', '"', '\\', 'é\n', 'length', '__proto__']

function randomValue(random: Random, depth: number): unknown {
  switch (random.below(depth > 0 ? 7 : 4)) {
    case 0:
      return random.pick([null, true, false])
    case 1:
      return random.below(2000) / 8 - 100
    case 2:
      return random.pick(['', '"', '\\', '\\"', '{[', ']}', ' a ', '\n', '\u2028', '例'])
    case 3:
      return random.pick([[], {}])
    case 4:
      return Array.from({ length: random.below(3) }, () => randomValue(random, depth - 1))
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [random.pick(names), randomValue(random, depth - 1)]),
      )
  }
}

function walk(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at: unknown, name) => {
    if (typeof at === 'string') return name === 'length' ? at.length : undefined
    if (typeof at !== 'object' || at === null) return undefined
    return Object.getOwnPropertyDescriptor(at, name)?.value
  }, value)
}
