// Tests of the frames that cli-progress draws.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadBarRows } from '../../src/observers/bar-rows.js'
import { noColor } from '../../src/observers/palette.js'
import { Screen } from './screen.js'

const lines = {
  bar: { before: ' 50% ', done: 5, total: 10, columns: 10, after: ' x' },
  counts: ' counts',
  waiting: ' waiting {bar} {value}',
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

describe('the rows of cli-progress', () => {
  it('make a frame of three lines that leaves the cursor where it began', async () => {
    const screen = new Screen({ columns: 80, rows: 24 })
    const rows = await loadBarRows(noColor)
    screen.write('first\n')
    screen.write(rows.frame(lines))
    expect(screen.lines()).toEqual(['first', ' 50% █████░░░░░ x', ' counts', ' waiting {bar} {value}'])
    screen.write(rows.frame({ bar: { ...lines.bar, done: 10, before: '100% ' }, counts: ' c', waiting: '' }))
    expect(screen.lines()).toEqual(['first', '100% ██████████ x', ' c'])
  })

  it('draw no bar where there is no room for one, and a full one where there is nothing to do', async () => {
    const screen = new Screen({ columns: 80, rows: 24 })
    const rows = await loadBarRows(noColor)
    screen.write(rows.frame({ ...lines, bar: { before: ' 7 done', done: 0, total: 0, columns: 0, after: '' } }))
    expect(screen.lines()[0]).toBe(' 7 done')
    screen.write(rows.frame({ ...lines, bar: { before: '', done: 0, total: 0, columns: 5, after: '' } }))
    expect(screen.lines()[0]).toBe('█████')
  })

  it('leave no timer and no listener, neither at first nor after a frame', async () => {
    const listeners = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')
    const rows = await loadBarRows(noColor)
    expect(vi.getTimerCount()).toBe(0)
    rows.frame(lines)
    expect(vi.getTimerCount()).toBe(0)
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(listeners)
  })
})
