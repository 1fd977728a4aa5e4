import { describe, expect, it } from 'vitest'
import { compactJson, memberText, partOf } from '../../src/core/json-text.js'
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

describe('the text of a member', () => {
  it('is what stands there, digit by digit', () => {
    const text = '{ "a" : 1.50 , "b":[1, {"c":"]}\\""}] ,"id": 12345678901234567890 ,"z":-0e+1,"t":true}'
    expect(memberText(text, 'a')).toBe('1.50')
    expect(memberText(text, 'b')).toBe('[1, {"c":"]}\\""}]')
    expect(memberText(text, 'id')).toBe('12345678901234567890')
    expect(memberText(text, 'z')).toBe('-0e+1')
    expect(memberText(text, 't')).toBe('true')
    expect(memberText(text, 'c')).toBeUndefined()
  })

  it('is that of the last of several, and of a name that is written with escapes', () => {
    expect(memberText('{"a":1,"b":2,"\\u0061":3}', 'a')).toBe('3')
    expect(memberText('{}', 'a')).toBeUndefined()
    expect(memberText('{"__proto__":{"a":1}}', 'a')).toBeUndefined()
  })

  it('is what JSON.parse has, in any object', () => {
    const random = seededRandom(seed)
    for (let count = 0; count < 2000; count++) {
      const text = `{${Array.from({ length: random.below(5) }, () => `${gap(random)}"${random.pick(['a', 'b', 'c'])}"${gap(random)}:${gap(random)}${jsonOf(random, 3)}${gap(random)}`).join(',')}${gap(random)}}`
      const value = JSON.parse(text)
      for (const name of ['a', 'b', 'c']) {
        const found = memberText(text, name)
        expect(found === undefined ? undefined : JSON.parse(found), `SEED=${seed} ${text}`).toEqual(value[name])
      }
      expect(JSON.parse(compactJson(text)), `SEED=${seed} ${text}`).toEqual(value)
    }
  })
})

describe('compact JSON', () => {
  it('has no white space but in its strings', () => {
    expect(compactJson(' {\t"a b" : [ 1.0 ,"c \\" d" ] }\r')).toBe('{"a b":[1.0,"c \\" d"]}')
    expect(compactJson('12')).toBe('12')
  })

  it('has no character that a terminal acts on, and says the same', () => {
    const text = '{"a":"\u009b1m\u2028\u202e\u{e0001}"}'
    const compact = compactJson(text)
    expect(compact).toMatch(/^[\x20-\x7e]*$/)
    expect(JSON.parse(compact)).toEqual(JSON.parse(text))
    expect(compactJson(compact)).toBe(compact)
  })
})

// No name that is a quote beside one that is a backslash: V8 takes one for the other when it parses (Node 24.21 and 26.10; not 22.23).
const names = ['0', '1', 'a', 'b', 'a"b', 'a\\b', 'é\n', 'length', '__proto__']

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

function gap(random: Random): string {
  return random.pick(['', '', ' ', '\t', '\n \r'])
}

function jsonOf(random: Random, depth: number): string {
  const kind = random.below(depth > 0 ? 6 : 4)
  if (kind === 0) return random.pick(['null', 'true', 'false'])
  if (kind === 1) return random.pick(['0', '-1', '12345678901234567890', '1.50', '1E+5'])
  if (kind < 4) return JSON.stringify(random.pick(['', 'a', '"', '\\', '\\"', '}{][', ', :', 'é😀', '\u0007']))
  const items = Array.from({ length: random.below(4) }, () => jsonOf(random, depth - 1))
  if (kind === 4) return `[${items.map((item) => gap(random) + item + gap(random)).join(',')}]`
  return `{${items.map((item, index) => `${gap(random)}"k${index}":${item}`).join(`${gap(random)},`)}${gap(random)}}`
}
