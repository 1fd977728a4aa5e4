import { describe, expect, it } from 'vitest'
import { areShort } from '../../src/cli/short-lists.js'
import { tempFile } from '../support/temp.js'

describe('lists', () => {
  it('are short where all of them together are', async () => {
    const half = await tempFile('x'.repeat(150_000))
    const little = await tempFile('http://a.test/\n')
    expect(areShort([little])).toBe(true)
    expect(areShort([half, little])).toBe(true)
    expect(areShort([half, little, half])).toBe(false)
  })

  it('are not called short where nobody knows', async () => {
    const little = await tempFile('http://a.test/\n')
    expect(areShort([little, '/dev/null'])).toBe(false)
    expect(areShort([little, `${little}.none`])).toBe(false)
  })
})
