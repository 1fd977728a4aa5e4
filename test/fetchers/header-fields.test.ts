// Header fields as they came, found by name.

import { expect, it } from 'vitest'
import { HeaderFields } from '../../src/fetchers/header-fields.js'

function fieldsOf(...lines: readonly string[]): HeaderFields {
  return new HeaderFields(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return [Buffer.from(line.slice(0, colon), 'latin1'), Buffer.from(line.slice(colon + 1), 'latin1')]
    }),
  )
}

it('finds a field however its name is written, and none whose name only looks like it', () => {
  const fields = fieldsOf('Content-Type:a', 'CONTENT-LENGTH:1', 'Content_Length:2', 'X-Content-Type:b', 'Content-Typ:c')
  expect(fields.get('content-type')).toBe('a')
  expect(fields.get('content-length')).toBe('1')
  expect(fields.get('location')).toBeUndefined()
})

it('has several values where the name came several times, as latin1', () => {
  const fields = fieldsOf('Location:/a', 'x:y', 'location:/\xe9', 'LOCATION:')
  expect(fields.get('location')).toEqual(['/a', '/\xe9', ''])
  expect(['location', 'x', 'y'].map((name) => fields.all(name))).toEqual([['/a', '/\xe9', ''], ['y'], []])
})

it('is a record in the order in which the names came first, whatever they are', () => {
  const record = fieldsOf('B:1', '__proto__:p', 'a:2', 'b:3', 'constructor:4').record()
  expect(Object.entries(record)).toEqual([
    ['b', ['1', '3']],
    ['__proto__', 'p'],
    ['a', '2'],
    ['constructor', '4'],
  ])
})
