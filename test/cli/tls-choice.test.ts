import { describe, expect, it } from 'vitest'
import { openTls } from '../../src/cli/tls-choice.js'
import { UsageError } from '../../src/core/errors.js'

describe('what was asked for of TLS', () => {
  it('is nothing where no option is given', async () => {
    expect(await openTls({}, {})).toBeNull()
  })

  it('is read where one is', async () => {
    expect(await openTls({ tlsMin: 'TLSv1.3' }, {})).toEqual({ ca: null, client: null, minVersion: 'TLSv1.3' })
    await expect(openTls({ cacert: '/none.pem' }, {})).rejects.toThrow(UsageError)
  })
})
