// Tests of no progress at all.

import { describe, expect, it } from 'vitest'
import { openNone } from '../../src/observers/none.js'
import { LogFile, optionsFor } from './samples.js'

describe('no progress', () => {
  it('writes only the lines it is given', () => {
    const stderr = new LogFile()
    const display = openNone(optionsFor(stderr))
    display.print('a')
    display.restore()
    expect(stderr.written).toBe('a\n')
    expect(Object.keys(display)).toEqual(['print', 'restore'])
  })
})
