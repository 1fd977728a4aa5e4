import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RequestOptions, requestTemplate } from '../../src/cli/request-options.js'
import { UsageError } from '../../src/core/errors.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolfetch-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return `@${path}`
}

const spec = (options: Partial<RequestOptions>) => requestTemplate({ header: [], ...options }).request
const headersOf = (...header: string[]) => spec({ header }).headers
const bodyOf = (...data: string[]) => Buffer.from(spec({ data }).body ?? 'null').toString()

function refusal(options: Partial<RequestOptions>): string {
  try {
    spec(options)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${JSON.stringify(options)} was accepted`)
}

describe('method and body', () => {
  it('are GET and none where nothing is said', () => {
    expect(spec({})).toEqual({ method: 'GET', headers: [], body: null })
  })

  it('are POST and a form where there is data', () => {
    const { method, headers, body } = spec({ data: ['a=1'] })
    expect(method).toBe('POST')
    expect(headers).toEqual([['content-type', 'application/x-www-form-urlencoded']])
    expect(Buffer.from(body ?? '').toString()).toBe('a=1')
  })

  it('are the method that was asked for, with data and without', () => {
    expect(spec({ method: 'DELETE' }).method).toBe('DELETE')
    expect(spec({ method: 'PUT', data: ['x'] }).method).toBe('PUT')
    expect(spec({ method: 'GET', data: ['x'] }).method).toBe('GET')
  })

  it('leave -d and its type to lines that have no body of their own', () => {
    const { request, bodyRequest } = requestTemplate({ header: ['X-A: 1'], data: ['a=1'] })
    expect(request.headers).toHaveLength(2)
    expect(bodyRequest).toEqual({ method: 'POST', headers: [['X-A', '1']], body: null })
    expect(requestTemplate({ header: [], method: 'GET' }).bodyRequest.method).toBe('GET')
  })

  it('are POST and an empty body where the data is empty', () => {
    expect(spec({ data: [''] }).method).toBe('POST')
    expect(bodyOf('')).toBe('')
  })

  it('keep a content type that was asked for, in whatever case', () => {
    const { headers } = spec({ header: ['Content-TYPE: application/json'], data: ['{}'] })
    expect(headers).toEqual([['Content-TYPE', 'application/json']])
  })

  it('join several pieces of data with &', () => {
    expect(bodyOf('a=1', 'b=2', file('c', 'c=3'))).toBe('a=1&b=2&c=3')
  })

  it('send what was typed as UTF-8', () => {
    expect(bodyOf('name=Zoë 日本')).toBe('name=Zoë 日本')
  })

  it('read a file without its line ends and NUL bytes, as curl does', () => {
    expect(bodyOf(file('lines', 'a=1\r\nb=2\n\u0000c=3\n'))).toBe('a=1b=2c=3')
  })

  it('send the other bytes of a file as they are', () => {
    const bytes = Uint8Array.from([0xff, 0xfe, 0x80, 0x41])
    expect(Uint8Array.from(Buffer.from(spec({ data: [file('bytes', bytes)] }).body ?? ''))).toEqual(bytes)
  })

  it('name the option and the file that cannot be read, in one line', () => {
    const path = join(folder, 'missing')
    for (const options of [{ data: [`@${path}`] }, { header: [`@${path}`] }]) {
      const message = refusal(options)
      expect(message).toContain('header' in options ? '--header' : '--data')
      expect(message).toContain(path)
      expect(message).toContain('no such file')
      expect(message).not.toContain('\n')
    }
    expect(refusal({ data: [`@${folder}`] })).toContain('directory')
  })
})

describe('headers', () => {
  it('are name and value, without the white space around the value', () => {
    expect(headersOf('X-A: 1', 'X-B:2', 'X-C: \t 3 4 \t ', 'X-D: a:b: c')).toEqual([
      ['X-A', '1'],
      ['X-B', '2'],
      ['X-C', '3 4'],
      ['X-D', 'a:b: c'],
    ])
  })

  it('keep their order, and may have the same name', () => {
    expect(headersOf('X-B: 1', 'X-A: 2', 'X-B: 3')).toEqual([
      ['X-B', '1'],
      ['X-A', '2'],
      ['X-B', '3'],
    ])
  })

  it('may be empty where a semicolon says so, as in curl', () => {
    expect(headersOf('X-Empty;')).toEqual([['X-Empty', '']])
  })

  it('are sent as UTF-8', () => {
    const [header] = headersOf('X-Name: Zoë 日本')
    expect(Buffer.from(header?.[1] ?? '', 'latin1').toString('utf8')).toBe('Zoë 日本')
  })

  it('come from a file one a line, without blank lines and comments', () => {
    const path = file('headers', 'X-A: 1\r\n\n# no header\nX-B: 2\nX-Ü: 3'.replace('X-Ü', 'X-C'))
    expect(headersOf(path, 'X-D: 4')).toEqual([
      ['X-A', '1'],
      ['X-B', '2'],
      ['X-C', '3'],
      ['X-D', '4'],
    ])
  })

  it.each([
    ['a line feed', 'X-A: 1\nX-Injected: 2'],
    ['a carriage return', 'X-A: 1\rX-Injected: 2'],
    ['both', 'X-A: 1\r\nX-Injected: 2'],
    ['both before the value', 'X-A:\r\nX-Injected: 2'],
    ['a NUL', 'X-A: 1\u00002'],
    ['an escape', 'X-A: \u001b[31m'],
    ['a DEL', 'X-A: 1\u007f'],
    ['a line feed in the name', 'X-\nA: 1'],
  ])('cannot smuggle in %s', (_name, header) => {
    const message = refusal({ header: [header] })
    expect(message).toContain('--header')
    // eslint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\u0000-\u001f\u007f]/)
  })

  it.each(['', ':', ': value', 'X A: 1', 'X-A', 'X-A:', 'X-Ä: 1', '(X): 1', ';'])('are refused as "%s"', (header) => {
    const message = refusal({ header: [header] })
    expect(message).toContain('--header')
    expect(message).toContain('Name: value')
    expect(message).not.toContain('\n')
  })

  it.each(['Content-Length: 1', 'transfer-encoding: chunked', 'Connection: close', 'Upgrade: h2c', 'Keep-Alive;'])(
    'do not frame the message: %s',
    (header) => {
      expect(refusal({ header: [header] })).toContain('cannot set')
    },
  )

  it.each([
    ['a value with a control character', 'Authorization: Bearer s3cr3t\u0007'],
    ['a value after an equals sign', 'X-Api-Key=s3cr3t'],
    ['a value after a space', 'Authorization Bearer s3cr3t'],
    ['a value without its name', 's3cr3t'],
    ['a value in another script', 'X-Kéy: s3cr3t'],
    ['a reserved one', 'Connection: s3cr3t'],
  ])('are not told in an error, they may be secret: %s', (_name, header) => {
    expect(refusal({ header: [header] })).not.toContain('s3cr3t')
    const message = refusal({ header: [file('secret', `X-Fine: 1\n${header}\n`)] })
    expect(message).not.toContain('s3cr3t')
  })
})
