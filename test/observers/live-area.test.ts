// Tests of the part of the terminal that gives way to lines that stay.

import { describe, expect, it } from 'vitest'
import { BarArea } from '../../src/observers/live-area.js'
import { Pen } from '../../src/observers/pen.js'
import { Screen } from './screen.js'

const frame = 'one\ntwo\u001b[1A\u001b[1G'

function opened(): { screen: Screen; area: BarArea } {
  const screen = new Screen({ columns: 40, rows: 10 })
  return { screen, area: new BarArea(new Pen(screen)) }
}

describe('BarArea', () => {
  it('writes nothing before its first frame', () => {
    const { screen, area } = opened()
    area.hide()
    area.show()
    area.restore()
    expect(screen.written).toBe('')
  })

  it('hides and shows itself below lines that stay, and once only', () => {
    const { screen, area } = opened()
    area.draw(frame)
    area.hide()
    area.hide()
    screen.stdout.write('row\n')
    expect(screen.lines()).toEqual(['row'])
    area.show()
    area.show()
    expect(screen.lines()).toEqual(['row', 'one', 'two'])
  })

  it('keeps a frame that comes while it is hidden for later', () => {
    const { screen, area } = opened()
    area.draw('old')
    area.hide()
    area.draw(frame)
    area.redraw(frame)
    expect(screen.lines()).toEqual([])
    area.show()
    expect(screen.lines()).toEqual(['one', 'two'])
  })

  it('writes lines above itself, shown, hidden or gone', () => {
    const { screen, area } = opened()
    area.print('a')
    area.draw(frame)
    area.print('b'.repeat(50))
    expect(screen.lines()).toEqual(['a', 'b'.repeat(50), 'one', 'two'])
    area.hide()
    area.print('c')
    area.show()
    expect(screen.lines()).toEqual(['a', 'b'.repeat(50), 'c', 'one', 'two'])
    area.restore()
    area.print('d')
    expect(screen.lines()).toEqual(['a', 'b'.repeat(50), 'c', 'd'])
  })

  it('hides the cursor while it is there, and wraps lines except while it draws', () => {
    const { screen, area } = opened()
    area.draw(frame)
    expect([screen.isCursorVisible, screen.isWrapping]).toEqual([false, true])
    area.restore()
    expect([screen.isCursorVisible, screen.isWrapping, screen.lines()]).toEqual([true, true, []])
  })

  it('gives the cursor back while the process is stopped, and takes it again', () => {
    const { screen, area } = opened()
    area.suspend()
    expect(screen.written).toBe('')
    area.draw(frame)
    area.suspend()
    expect(screen.lines()).toEqual([])
    expect(screen.written.endsWith('\u001b[?25h\u001b[?7h')).toBe(true)
    area.show()
    expect(screen.lines()).toEqual(['one', 'two'])
    expect(screen.written.lastIndexOf('\u001b[?25l')).toBeGreaterThan(screen.written.lastIndexOf('\u001b[?25h'))
  })

  it('once restored, stays gone', () => {
    const { screen, area } = opened()
    area.draw(frame)
    area.restore()
    const { written } = screen
    area.restore()
    area.draw(frame)
    area.redraw(frame)
    area.show()
    area.hide()
    expect(screen.written).toBe(written)
  })

  it('does not erase a half-written line when it is restored while hidden', () => {
    const { screen, area } = opened()
    area.draw(frame)
    area.hide()
    screen.stdout.write('half a ro')
    area.restore()
    expect([screen.lines(), screen.isCursorVisible]).toEqual([['half a ro'], true])
  })
})
