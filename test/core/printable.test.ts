import { describe, expect, it } from 'vitest'
import { escapeControls } from '../../src/core/printable.js'
import { randomText, unprintable } from '../sinks/support.js'
import { seed, seededRandom } from '../support/random.js'

describe('escapeControls', () => {
  it('shows control characters as their escapes', () => {
    expect(escapeControls('a\u0000b\u001b[2J\u007f\u009b1m\r\n')).toBe(
      'a\\u0000b\\u001b[2J\\u007f\\u009b1m\\u000d\\u000a',
    )
  })

  it('shows bidi, zero-width and separator characters as their escapes', () => {
    expect(escapeControls('\u202egpj.exe\u200b\u2028\u2029\ufeff\u2066\u00ad')).toBe(
      '\\u202egpj.exe\\u200b\\u2028\\u2029\\ufeff\\u2066\\u00ad',
    )
  })

  it('leaves visible text as it is, also beyond the basic plane', () => {
    const text = 'https://例え.jp/ü?q=😀👍🏽𝒳 "quoted" \\ back'
    expect(escapeControls(text)).toBe(text)
  })

  it('escapes lone surrogates and leaves pairs alone', () => {
    expect(escapeControls('\ud83d\ude00')).toBe('\ud83d\ude00')
    expect(escapeControls('\ud83d\ud83d\ude00\ude00')).toBe('\\ud83d\ud83d\ude00\\ude00')
  })

  it('escapes each character of the set, and a string of it to something that JSON reads back', () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const character = String.fromCharCode(unit)
      if (!unprintable.test(character)) continue
      expect(JSON.parse(`"${escapeControls(character)}"`), unit.toString(16)).toBe(character)
      expect(escapeControls(character)).toMatch(/^\\u[0-9a-f]{4}$/)
    }
  })

  it('lets nothing of the set through, whatever the text', () => {
    const random = seededRandom(seed)
    for (let round = 0; round < 2000; round++) {
      const text = randomText(random)
      expect(unprintable.test(escapeControls(text)), `SEED=${seed}: ${JSON.stringify(text)}`).toBe(false)
    }
  })
})
