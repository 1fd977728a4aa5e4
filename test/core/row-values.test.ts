// What a row says, as text and as JSON.

import { describe, expect, it } from 'vitest'
import { cellValues, memberValues } from '../../src/core/row-values.js'

describe('cellValues', () => {
  const values = (cell: string) =>
    cellValues(
      new Map([
        ['url', 0],
        ['x', 1],
      ]),
      ['u', cell],
    )

  it.each([
    ['12', '12'],
    ['-1.5e3', '-1.5e3'],
    ['12345678901234567890', '12345678901234567890'],
    ['true', 'true'],
    ['null', 'null'],
    ['', 'null'],
    ['007', '"007"'],
    ['+1', '"+1"'],
    ['.5', '".5"'],
    [' 1', '" 1"'],
    ['True', '"True"'],
    ['say "hi"\n', '"say \\"hi\\"\\n"'],
  ])('makes %j the JSON %s', (cell, json) => {
    expect(values(cell).json('x')).toBe(json)
    expect(values(cell).text('x')).toBe(cell)
  })

  it('has nothing of a name that is no column', () => {
    expect([values('1').text('y'), values('1').json('y')]).toEqual([undefined, undefined])
  })
})

describe('memberValues', () => {
  const values = memberValues(
    '{"id":12345678901234567890,"name":"J\\u00e9","none":null,"user":{"id":7,"a.b":{"c":[1, 2]}},"user.x":0}',
  )

  it.each([
    ['id', '12345678901234567890', '12345678901234567890'],
    ['name', 'Jé', '"J\\u00e9"'],
    ['none', '', 'null'],
    ['user.id', '7', '7'],
    ['user.a.b.c', '[1, 2]', '[1, 2]'],
    ['user.x', '0', '0'],
  ])('gives %s as text and as JSON', (name, text, json) => {
    expect([values.text(name), values.json(name)]).toEqual([text, json])
  })

  it('has nothing of a name that is no member, nor a way to one', () => {
    for (const name of ['x', 'user.y', 'id.x', 'name.length', 'toString', 'user.']) {
      expect([values.text(name), values.json(name)]).toEqual([undefined, undefined])
    }
  })
})
