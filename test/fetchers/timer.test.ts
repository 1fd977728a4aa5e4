// Timers of any length.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startTimer } from '../../src/fetchers/timer.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it.each([2 ** 31, 2 ** 53, Infinity])('are not taken for 1 ms where they are long: %d', (ms) => {
  const called = vi.fn<(argument: string) => void>()
  startTimer(called, ms, 'me')
  vi.advanceTimersByTime(1000)
  expect(called).not.toHaveBeenCalled()
  vi.advanceTimersByTime(2 ** 31)
  expect(called).toHaveBeenCalledExactlyOnceWith('me')
  expect(vi.getTimerCount()).toBe(0)
})
