// Tests of how foreign text is cut.

import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { loadFit } from '../../src/observers/fit.js'
import { seed, seededRandom } from '../support/random.js'

const fit = await loadFit()

describe('fit', () => {
  it('leaves what fits', () => {
    expect(fit('abc', 3)).toBe('abc')
    expect(fit('', 0)).toBe('')
    expect(fit('日本', 4)).toBe('日本')
  })

  it('cuts what does not, by columns and not by characters', () => {
    expect(fit('abcd', 3)).toBe('ab…')
    expect(fit('日本語', 4)).toBe('日…')
    expect(fit('日本語', 5)).toBe('日本…')
    expect(fit('abc', 0)).toBe('')
  })

  it('shows control characters instead of sending them', () => {
    expect(fit('a\u001b[2Jb\r\n\u202e', 40)).toBe('a\\u001b[2Jb\\u000d\\u000a\\u202e')
  })

  it(`is never wider than asked, and sends no control character (seed ${seed})`, () => {
    const random = seededRandom(seed)
    const characters = ['a', 'é', 'e\u0301', '日', '😀', '🇨🇭', '❤️', '\u001b', '\n', '\u009b', '\u200b', '\ud800', '…']
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: random.below(60) }, () => random.pick(characters)).join('')
      const columns = random.below(30)
      const shown = fit(text, columns)
      expect(stringWidth(shown), JSON.stringify(text)).toBeLessThanOrEqual(columns)
      // eslint-disable-next-line no-control-regex
      expect(shown, JSON.stringify(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b]/)
    }
  })

  it('does not measure a text of any length to its end', () => {
    expect(fit('x'.repeat(50_000_000), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(stringWidth(fit('\u0301'.repeat(1_000_000), 10))).toBeLessThanOrEqual(10)
  })
})
