// Tests of the colours.

import { describe, expect, it } from 'vitest'
import { loadPalette } from '../../src/observers/palette.js'

describe('the palette', () => {
  it('paints when colour is wanted, whatever the environment says', async () => {
    expect((await loadPalette(true)).bad('x')).toBe('\u001b[31mx\u001b[39m')
  })

  it('leaves text alone when it is not', async () => {
    const { good, bad, odd, calm, bar } = await loadPalette(false)
    expect([good, bad, odd, calm, bar].map((paint) => paint('x')).join('')).toBe('xxxxx')
  })
})
