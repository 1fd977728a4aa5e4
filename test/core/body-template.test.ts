// A body of a row's values: as JSON, as a form, as text.

import { describe, expect, it } from 'vitest'
import { isSound, parseBodyTemplate } from '../../src/core/body-template.js'
import { cellValues, memberValues } from '../../src/core/row-values.js'
import { seed, seededRandom } from '../support/random.js'

const cells = (...values: readonly string[]) =>
  cellValues(new Map(values.map((_, index) => ['abcdef'[index] ?? '', index])), values)

const fill = (template: string, type: string | null, ...values: readonly string[]) =>
  parseBodyTemplate(template, type)?.fill(cells(...values))

describe('a body template', () => {
  it.each([
    ['{"id": {a}}', null, 'json'],
    [' [{a}]', null, 'json'],
    ['{a}', null, 'json'],
    ['{a}={b}', null, 'form'],
    ['x={a}', null, 'form'],
    ['"{a}"', 'application/json; charset=utf-8', 'json'],
    ['{a}', 'application/merge-patch+json', 'json'],
    ['{"x":{a}}', 'application/x-www-form-urlencoded', 'form'],
    ['{"x":{a}}', 'text/plain', 'text'],
    ['<a>{a}</a>', 'application/xml', 'text'],
  ])('takes %s of type %s for %s', (text, type, kind) => {
    expect(parseBodyTemplate(text, type)?.kind).toBe(kind)
  })

  it('is none where there is no place in the text', () => {
    for (const text of ['', 'x=1', '{"a": {"b": 1}}', '{}']) expect(parseBodyTemplate(text, null)).toBeNull()
  })

  it('writes values as JSON outside of strings, and as a part of them inside', () => {
    expect(fill('{"id": {a}, "name": "Dr. {b}", "raw": {b}, "n": {c}}', null, '7', 'J "X"\n\\', '')).toBe(
      String.raw`{"id": 7, "name": "Dr. J \"X\"\n\\", "raw": "J \"X\"\n\\", "n": null}`,
    )
  })

  it('keeps the type and the digits of a JSON row', () => {
    const row = memberValues('{"id":12345678901234567890,"tags":["a", {"b":1.0}],"on":true,"no":null}')
    expect(parseBodyTemplate('{"i":{id},"s":"{id}","t":{tags},"o":{on},"n":{no}}', null)?.fill(row)).toBe(
      '{"i":12345678901234567890,"s":"12345678901234567890","t":["a", {"b":1.0}],"o":true,"n":null}',
    )
  })

  it('encodes values of a form, and leaves text as it is', () => {
    expect(fill('n={a}&x=1', null, "a b&c=d+é!'()~*")).toBe('n=a+b%26c%3Dd%2B%C3%A9%21%27%28%29%7E*&x=1')
    expect(fill('n={a}', 'text/plain', 'a b&"\n')).toBe('n=a b&"\n')
  })

  it('takes braces in double for text', () => {
    expect(fill('{"q": "{{a}} {a}"}', null, 'x')).toBe('{"q": "{a} x"}')
  })

  it('says which value a row has not', () => {
    expect(fill('{"x": {zip}}', null, '1')).toMatchObject({ type: 'invalid_request', code: 'VALUE_MISSING' })
    expect(fill('x={zip}', null, '1')).toMatchObject({ code: 'VALUE_MISSING' })
  })

  it.each([
    ['{"a": {a}}', true],
    ['{"{a}": [{b}, "{a}{b}"]}', true],
    ['{"a": "\\"{a}"}', true],
    ['{a}', true],
    ['{"a": {a}', false],
    ['{"a": 1{a}}', false],
    ['{"a": -{a}}', false],
    ['{"a": {a}{b}}', false],
    ['{"a": {a} 1}', false],
    ['[{a} {b}]', false],
    ['{"x": 1, {a}: 1}', false],
    ['{"a": "\\u00{a}"}', false],
    ['{"a": "\\{a}"}', false],
    ["{'a': {a}}", false],
  ])('knows whether %s is JSON whatever a row says: %s', (text, expected) => {
    const template = parseBodyTemplate(text, 'application/json')
    expect(template !== null && isSound(template)).toBe(expected)
  })

  it(`brings any value back out of JSON and out of a form (SEED=${seed})`, () => {
    const random = seededRandom(seed)
    const alphabet = [
      ...Array.from('"\\/{}[],:&=+% aZ019.-eE\t\n\r\u0000\u2028é😀\'!()~*nul'),
      'true',
      'null',
      '\\u0041',
    ]
    const word = () => Array.from({ length: random.below(6) }, () => random.pick(alphabet)).join('')
    const text = (template: string, ...values: readonly string[]): string => {
      const filled = fill(template, null, ...values)
      return typeof filled === 'string' ? filled : ''
    }
    for (let round = 0; round < 5000; round++) {
      const [a, b] = [word(), word()]
      const json = JSON.parse(text('{"s": "<{a}|{b}>", "k{b}": 1, "v": [{a}]}', a, b))
      expect(json).toMatchObject({ s: `<${a}|${b}>`, [`k${b}`]: 1 })
      const [value] = json.v
      expect(value).toBe(typeof value === 'string' ? a : JSON.parse(a || 'null'))
      const form = new URLSearchParams(text('x={a}&y={b}&z=1', a, b))
      expect([...form]).toEqual([
        ['x', a],
        ['y', b],
        ['z', '1'],
      ])
      expect(String(form)).toBe(fill('x={a}&y={b}&z=1', null, a, b))
    }
  })
})
