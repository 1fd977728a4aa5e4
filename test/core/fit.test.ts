import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { createFitter } from '../../src/core/fit.js'

const fitter = createFitter(stringWidth)

describe('the fitter', () => {
  it('leaves alone what fits', () => {
    expect(fitter.cutUrl('https://a.example/b', 19)).toBe('https://a.example/b')
    expect(fitter.cutEnd('four', 4)).toBe('four')
    expect(fitter.cutEnd('例え', 4)).toBe('例え')
  })

  it('leaves out the end of a text', () => {
    expect(fitter.cutEnd('connection refused', 10)).toBe('connectio…')
  })

  it('leaves out the middle of a URL, and keeps its host and its end', () => {
    expect(fitter.cutUrl('https://cdn.example.com/assets/images/picture.jpeg', 40)).toBe(
      'https://cdn.example.com/…es/picture.jpeg',
    )
  })

  it('leaves an end also to a URL with a long host', () => {
    expect(fitter.cutUrl(`https://${'a'.repeat(60)}.example/some/page.html`, 40)).toBe(
      'https://aaaaaaaaaaaaaaaaaaa…me/page.html',
    )
  })

  it('drops the scheme first where there is little room', () => {
    expect(fitter.cutUrl('https://example.com/page', 20)).toBe('example.com/page')
    expect(fitter.cutUrl('https://example.com/a/long/way/page', 20)).toBe('example.com/…ay/page')
  })

  it('cuts between characters as they are seen, and counts wide ones twice', () => {
    expect(fitter.cutEnd('例えば', 5)).toBe('例え…')
    expect(fitter.cutEnd('例えば', 4)).toBe('例…')
    expect(fitter.cutEnd('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
    expect(fitter.cutUrl('https://example.com/😀😀😀😀😀', 27)).toBe('example.com/😀😀😀😀😀')
    expect(fitter.cutUrl('https://example.com/😀😀😀😀😀😀😀😀', 21)).toBe('example.com/…😀😀😀😀')
  })

  it('fills up to a width', () => {
    expect(fitter.pad('例え', 6)).toBe('例え  ')
    expect(fitter.pad('longer', 3)).toBe('longer')
  })

  it('cuts nothing where there is no width', () => {
    const url = `https://example.com/${'例'.repeat(5000)}`
    expect(fitter.cutUrl(url, Infinity)).toBe(url)
    expect(fitter.cutEnd(url, Infinity)).toBe(url)
  })
})
