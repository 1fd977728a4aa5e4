import { describe, expect, it } from 'vitest'
import { brokenAt } from '../../src/core/json-syntax.js'
import { type Random, seed, seededRandom } from '../support/random.js'

describe('the place where a text stops being JSON', () => {
  it.each([
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{"a":b}', 5],
    ['{a:1}', 1],
    ['{"a":[1 2]}', 8],
    ['{"a":"\u0001"}', 5],
    ['{"a":"\\x"}', 5],
    ['{"a":01}', 6],
    ['{"a":1}x', 7],
    ['{"a":1', 6],
    ['{"a":"b', 7],
    ['', 0],
    ['http://a/', 0],
    ['{"a":1]', 6],
    ["{'a':1}", 1],
  ])('of %j is %i', (text, at) => {
    expect(brokenAt(text)).toBe(at)
  })

  it('is its end where it is JSON, and else not behind what JSON could still begin with', () => {
    const random = seededRandom(seed)
    for (let count = 0; count < 3000; count++) {
      const whole = json(random, 3)
      expect(brokenAt(whole), `SEED=${seed} ${whole}`).toBe(whole.length)
      const at = random.below(whole.length)
      const broken = `${whole.slice(0, at)}${random.pick(['"', '}', ',', 'x', '\\', ':', ''])}${whole.slice(at + 1)}`
      if (isJson(broken)) continue
      expect(brokenAt(broken), `SEED=${seed} ${broken}`).toBeLessThanOrEqual(broken.length)
    }
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function gap(random: Random): string {
  return random.pick(['', '', ' ', '\t', '\n \r'])
}

function json(random: Random, depth: number): string {
  const kind = random.below(depth > 0 ? 6 : 4)
  if (kind === 0) return random.pick(['null', 'true', 'false'])
  if (kind === 1) return random.pick(['0', '-1', '12345678901234567890', '1.50', '1E+5'])
  if (kind < 4) return JSON.stringify(random.pick(['', 'a', '"', '\\', '\\"', '}{][', ', :', 'é😀', '\u0007']))
  const items = Array.from({ length: random.below(4) }, () => json(random, depth - 1))
  if (kind === 4) return `[${items.map((item) => gap(random) + item + gap(random)).join(',')}]`
  return `{${items.map((item, index) => `${gap(random)}"k${index}":${item}`).join(`${gap(random)},`)}${gap(random)}}`
}
