import { expect, it } from 'vitest'
import { cookieField } from '../../src/fetchers/cookie-field.js'

it.each([
  ['a=1', 'b=2; c=3', 'a=1; b=2; c=3'],
  ['a=1;b=x', 'b=2; c=3; a=4', 'a=1;b=x; c=3'],
  ['a=1', 'a=2', 'a=1'],
  ['a', 'A=2', 'a; A=2'],
  ['a = 1', 'a=2', 'a = 1'],
])("the caller's own cookies come first, and instead of the jar's: %j and %j", (own, kept, field) => {
  expect(cookieField(own, kept)).toBe(field)
})
