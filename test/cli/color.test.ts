import { describe, expect, it } from 'vitest'
import { wantsColor } from '../../src/cli/color.js'

describe('wantsColor', () => {
  it('goes by --color before all else', () => {
    expect(wantsColor('always', { NO_COLOR: '1', TERM: 'dumb' }, false)).toBe(true)
    expect(wantsColor('never', { FORCE_COLOR: '1' }, true)).toBe(false)
  })

  it('goes by NO_COLOR next, where it is not empty', () => {
    expect(wantsColor('auto', { NO_COLOR: '1', FORCE_COLOR: '1', CLICOLOR_FORCE: '1' }, true)).toBe(false)
    expect(wantsColor('auto', { NO_COLOR: '0' }, true)).toBe(false)
    expect(wantsColor('auto', { NO_COLOR: '' }, true)).toBe(true)
    expect(wantsColor('auto', { NO_COLOR: '', FORCE_COLOR: '1' }, false)).toBe(true)
  })

  it('goes by FORCE_COLOR and CLICOLOR_FORCE next, whatever the stream', () => {
    expect(wantsColor('auto', { FORCE_COLOR: '1', TERM: 'dumb' }, false)).toBe(true)
    expect(wantsColor('auto', { FORCE_COLOR: '3' }, false)).toBe(true)
    expect(wantsColor('auto', { FORCE_COLOR: 'true' }, false)).toBe(true)
    expect(wantsColor('auto', { CLICOLOR_FORCE: '1' }, false)).toBe(true)
    expect(wantsColor('auto', { CLICOLOR_FORCE: '0' }, false)).toBe(false)
  })

  it('takes FORCE_COLOR=0 for no, as other programs do', () => {
    expect(wantsColor('auto', { FORCE_COLOR: '0' }, true)).toBe(false)
    expect(wantsColor('auto', { FORCE_COLOR: 'false' }, true)).toBe(false)
  })

  it('is yes on a terminal that is not dumb, and no elsewhere', () => {
    expect(wantsColor('auto', { TERM: 'xterm-256color' }, true)).toBe(true)
    expect(wantsColor('auto', {}, true)).toBe(true)
    expect(wantsColor('auto', { TERM: 'dumb' }, true)).toBe(false)
    expect(wantsColor('auto', { TERM: 'xterm-256color' }, false)).toBe(false)
  })
})
