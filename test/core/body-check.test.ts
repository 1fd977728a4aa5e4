import { describe, expect, it } from 'vitest'
import { type BodyRules, checkBody } from '../../src/core/body-check.js'
import { mostReadBytes, receivedBody } from '../../src/core/received-body.js'

const anything: BodyRules = { patterns: [], isJson: false }
const check = (text: string, rules: Partial<BodyRules>) =>
  checkBody(receivedBody(Buffer.from(text), null), { ...anything, ...rules })

describe('a body that has to match', () => {
  it('matches all the patterns, wherever', () => {
    expect(check('Hello\nWord', { patterns: [/word/i, /^Hello/] })).toBeNull()
    expect(check('Hello', { patterns: [/Hello/, /word/i] })).toEqual({
      type: 'no_match',
      code: 'NO_MATCH',
      message: 'no match for /word/i; the body begins "Hello"',
    })
  })

  it('is judged again and again with the same pattern', () => {
    const patterns = [/o/u]
    expect([1, 2, 3].map(() => check('o', { patterns }))).toEqual([null, null, null])
  })

  it('is shown in one short line of visible characters', () => {
    const message = check(`\u001b[31m\r\n${'x'.repeat(1000)}`, { patterns: [/\ny/] })?.message ?? ''
    expect(message).toMatch(/^no match for \/\\ny\/; the body begins "\\u001b\[31m\\r\\nx+"\.\.\.$/)
    expect(message.length).toBeLessThan(120)
    expect(check('', { patterns: [/y/] })?.message).toBe('no match for /y/; the body is empty')
  })

  it('is searched as far as the limit', () => {
    const text = `${'x'.repeat(mostReadBytes)}word`
    expect(check(text, { patterns: [/word/] })?.message).toContain('no match for /word/ in its first 10 MiB')
    expect(check(text, { patterns: [/xx/] })).toBeNull()
  })

  it('fails where the pattern takes more stack than there is, and nothing else does', () => {
    expect(check('ab'.repeat(5_000_000), { patterns: [/^(?:a|b)*c/] })).toEqual({
      type: 'no_match',
      code: 'MATCH_FAILED',
      message: '/^(?:a|b)*c/ could not be looked for: Maximum call stack size exceeded',
    })
  })
})

describe('a body that has to be JSON', () => {
  it.each(['{}', '[1]', ' 5\n', 'null', '"x"', '\ufeff{}'])('is %j', (text) => {
    expect(check(text, { isJson: true })).toBeNull()
  })

  it('is told with the place and the beginning where it is none', () => {
    const failure = check('{"a":1,}', { isJson: true, patterns: [/x/] })
    expect(failure).toMatchObject({ type: 'not_json', code: 'JSON_SYNTAX' })
    expect(failure?.message).toMatch(/position 7.*; the body begins "\{\\"a\\":1,\}"$/)
    expect(check('', { isJson: true })?.message).toMatch(/; the body is empty$/)
    expect(check('<p>\u001b\n', { isJson: true })?.message).not.toMatch(/\p{Cc}/u)
  })

  it('is told where it is larger than the limit', () => {
    expect(check(`"${'x'.repeat(mostReadBytes)}"`, { isJson: true })).toEqual({
      type: 'not_json',
      code: 'JSON_TOO_LARGE',
      message: 'the body is larger than 10 MiB, which is the most that is read as JSON',
    })
  })

  it('is searched, too, where it has to match', () => {
    expect(check('{"a":1}', { isJson: true, patterns: [/"a"/] })).toBeNull()
    expect(check('{"a":1}', { isJson: true, patterns: [/"b"/] })).toMatchObject({ type: 'no_match' })
  })
})
