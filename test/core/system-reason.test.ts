import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemReason, writeReason } from '../../src/core/system-reason.js'
import { tempFile, tempFolder } from '../support/temp.js'

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('the reason of an error', () => {
  it('is what the system says, without code, call and path', async () => {
    const error = thrownBy(() => readFileSync(join('/', 'no', 'such', 'file')))
    expect(systemReason(error)).toBe('no such file or directory')
  })

  it('is said in words where the system has none that help', async () => {
    const folder = await tempFolder()
    mkdirSync(join(folder, 'sub'))
    const file = await tempFile('')
    expect(writeReason(thrownBy(() => openSync(join(folder, 'sub'), 'a')))).toBe('it is a directory')
    expect(writeReason(thrownBy(() => openSync(join(folder, 'none', 'x'), 'a')))).toBe('no such directory')
    expect(writeReason(thrownBy(() => openSync(join(file, 'x'), 'a')))).toBe('not a directory')
    expect(writeReason(Object.assign(new Error('x'), { code: 'EPIPE', errno: -32 }))).toBe('its reader is gone')
  })

  it('is its message where it is none of the system, and its text where it is no error', () => {
    expect(systemReason(new RangeError('too deep'))).toBe('too deep')
    expect(systemReason('oops')).toBe('oops')
  })
})
