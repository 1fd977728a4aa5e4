import { describe, expect, it } from 'vitest'
import { Latch } from '../../src/core/latch.js'
import { settled } from '../support/virtual-clock.js'

describe('Latch', () => {
  it('holds whoever waits until it is opened, and the next one again', async () => {
    const latch = new Latch()
    let passed = 0
    const pass = async () => {
      await latch.wait()
      passed++
    }
    const first = pass()
    await settled()
    expect(passed).toBe(0)
    latch.open()
    await first
    expect(passed).toBe(1)
    const second = pass()
    await settled()
    expect(passed).toBe(1)
    latch.open()
    await second
  })

  it('does not remember that it was opened while nobody waited', async () => {
    const latch = new Latch()
    latch.open()
    let passed = false
    void latch.wait().then(() => {
      passed = true
    })
    await settled()
    expect(passed).toBe(false)
  })
})
