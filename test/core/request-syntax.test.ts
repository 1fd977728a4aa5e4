import { describe, expect, it } from 'vitest'
import { fieldValue, isFieldName, isReservedField, methodName } from '../../src/core/request-syntax.js'

describe('a method', () => {
  it('is a token; the usual ones are forgiven their case', () => {
    expect(methodName('post')).toBe('POST')
    expect(methodName('Purge')).toBe('Purge')
    for (const text of ['', 'GE T', 'GET\n', 'GÉT', 'CONNECT', 'connect']) expect(methodName(text)).toBeUndefined()
  })
})

describe('a header', () => {
  it('has a token for its name', () => {
    expect(isFieldName('X-Request.Id_1')).toBe(true)
    for (const text of ['', 'a b', 'a:', 'ä', 'a\r\nb']) expect(isFieldName(text)).toBe(false)
  })

  it('is not one of those that frame the message, in whatever case', () => {
    expect(isReservedField('Content-Length')).toBe(true)
    expect(isReservedField('TRANSFER-encoding')).toBe(true)
    expect(isReservedField('content-type')).toBe(false)
  })

  it('has its value as bytes of UTF-8, without the white space around it', () => {
    expect(fieldValue(' \ta b\t ')).toBe('a b')
    expect(fieldValue('é')).toBe('\u00c3\u00a9')
    expect(fieldValue('')).toBe('')
  })

  it('has no control character in its value but the tab', () => {
    for (const text of ['a\nb', 'a\rb', '\0', 'a\u007fb']) expect(fieldValue(text)).toBeUndefined()
    expect(fieldValue('a\tb')).toBe('a\tb')
  })
})
