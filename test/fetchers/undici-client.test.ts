import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { Client, loadClient } from '../../src/fetchers/undici-client.js'

const require = createRequire(import.meta.url)
const absence = (code: string) => Object.assign(new Error(`not there: ${code}`), { code })

describe("undici's client by itself", () => {
  // Where this fails, undici has moved it: the command goes on with the whole package, and takes longer to start.
  it('is the one of the package', () => {
    expect(require('undici/lib/dispatcher/client.js')).toBe(require('undici').Client)
    expect(Client).toBe(require('undici').Client)
  })

  it.each(['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'])(
    'is taken out of the whole where it has moved: %s',
    (code) => {
      const found = loadClient((name) => {
        if (name === 'undici') return { Client }
        throw absence(code)
      })
      expect(found).toBe(Client)
    },
  )

  it('is not looked for elsewhere where it cannot be loaded', () => {
    expect(() =>
      loadClient(() => {
        throw absence('EMFILE')
      }),
    ).toThrow('EMFILE')
  })
})
