import { describe, expect, it } from 'vitest'
import {
  type AuthorizedOptions,
  authorizedTemplate,
  type AuthorizedVariables,
} from '../../src/cli/authorized-template.js'
import { UsageError } from '../../src/core/errors.js'
import { tempFile, tempFolder } from '../support/temp.js'

const authorizationOf = (options: Partial<AuthorizedOptions>) =>
  authorizedTemplate({ header: [], ...options }).request.authorization
const decoded = (authorization: string | undefined) =>
  Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64').toString()

function refusal(options: Partial<AuthorizedOptions>, variables: AuthorizedVariables = {}): string {
  try {
    authorizedTemplate({ header: [], ...options }, variables)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${JSON.stringify(options)} was accepted`)
}

describe('-u and --bearer', () => {
  it('are an Authorization of its own beside the headers; without them there is none', () => {
    const request = { headers: [['X-A', '1']], body: null, authorization: `Basic ${btoa('me:pass')}` }
    expect(authorizedTemplate({ header: ['X-A: 1'], user: 'me:pass' })).toEqual({
      request: { ...request, method: 'GET' },
      bodyRequest: { ...request, method: 'POST' },
    })
    expect(authorizationOf({ bearer: 'a.b|c-d==' })).toBe('Bearer a.b|c-d==')
    expect(authorizedTemplate({ header: [] }).request).toEqual({ method: 'GET', headers: [], body: null })
  })

  it.each(['me:pass', 'me:p:q', ':pass', 'me:', ':', 'Zoë:pässwört 日本', ' me : pass '])(
    'send user and password as they are, in UTF-8: "%s"',
    (user) => {
      expect(decoded(authorizationOf({ user }))).toBe(user)
    },
  )

  it.each(['', '\n', '\r\n'])('come from a file, without the line end behind them: %j', async (end) => {
    expect(decoded(authorizationOf({ user: `@${await tempFile(`zoë:pass ${end}`)}` }))).toBe('zoë:pass ')
    expect(authorizationOf({ bearer: `@${await tempFile(`t0ken${end}`)}` })).toBe('Bearer t0ken')
  })

  it.each<Partial<AuthorizedOptions>>([
    { user: 's3cr3t' },
    { user: '' },
    { user: 'me:s3cr3t\nX-Injected: 1' },
    { user: 'me:s3cr3t\u0000' },
    { user: 'me\u001b:s3cr3t' },
    { bearer: '' },
    { bearer: 's3cr3t s3cr3t' },
    { bearer: 's3cr3t\r\nX-Injected: 1' },
    { bearer: 's3cr3té' },
  ])('are refused without being shown, also in a file: %j', async (options) => {
    const [name = '', value = ''] = Object.entries(options).map(([key, text]) => [key, String(text)])[0] ?? []
    for (const given of [value, `@${await tempFile(value)}`]) {
      const message = refusal({ [name]: given })
      expect(message).toContain(`--${name} must be`)
      expect(message).not.toContain('s3cr3t')
      // eslint-disable-next-line no-control-regex
      expect(message).not.toMatch(/[\x00-\x1f\x7f]/)
    }
  })

  it('name the file that cannot be read, and the variable that they came from', async () => {
    const missing = `${await tempFolder()}/missing`
    expect(refusal({ user: `@${missing}` }, { user: 'POOLFETCH_USER' })).toMatch(
      /^POOLFETCH_USER cannot read .*missing/,
    )
    const latin1 = await tempFile(Uint8Array.of(0x61, 0x3a, 0xe9))
    expect(refusal({ user: `@${latin1}` })).toContain('not UTF-8')
  })

  it('contradict each other and an Authorization header, wherever that comes from', async () => {
    expect(refusal({ user: 'a:s3cr3t', bearer: 's3cr3t' })).toBe('--user contradicts --bearer: leave one of them out')
    const file = `@${await tempFile('X-A: 1\nauthorization: s3cr3t\n')}`
    for (const header of ['AUTHORIZATION: s3cr3t', file]) {
      expect(refusal({ user: 'a:s3cr3t', header: [header] })).toMatch(/^--user contradicts .* --header/)
      expect(refusal({ bearer: 's3cr3t', header: [header] })).toMatch(/^--bearer contradicts .* --header/)
    }
    expect(refusal({ user: 'a:b', header: ['Authorization;'] }, { header: 'POOLFETCH_HEADER' })).toContain(
      'POOLFETCH_HEADER',
    )
  })
})
