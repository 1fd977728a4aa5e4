import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/command-line.js'
import { optionTable } from '../../src/cli/option-table.js'
import { type Options, parseOptions } from '../../src/cli/options.js'
import { requestTemplate } from '../../src/cli/request-options.js'
import { UsageError } from '../../src/core/errors.js'

/** As the program does it. */
function parse(env: Readonly<Record<string, string>>, ...argv: string[]): Options {
  const command = parseCommandLine(argv, '1.2.3', env)
  if (command.kind !== 'run') throw new Error(`${argv.join(' ')} runs nothing`)
  const options = parseOptions(command.values, command.variables)
  requestTemplate(options, command.variables)
  return options
}

function refusal(env: Readonly<Record<string, string>>, ...argv: string[]): string {
  try {
    parse(env, ...argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${JSON.stringify(env)} was accepted`)
}

describe('an option from the environment', () => {
  it.each<[Record<string, string>, Partial<Options>]>([
    [{ POOLFETCH_WORKERS: '7' }, { workers: 7 }],
    [{ POOLFETCH_USER_AGENT: 'me/1 (x)' }, { userAgent: 'me/1 (x)' }],
    [{ POOLFETCH_MAX_RETRY_AFTER: ' 5m ' }, { maxRetryAfter: 300_000 }],
    [{ POOLFETCH_HEADER: 'A: 1' }, { header: ['A: 1'] }],
    [{ POOLFETCH_HEADER: 'A: 1\nB: 2, 3; x\r\n\n' }, { header: ['A: 1', 'B: 2, 3; x'] }],
    [{ POOLFETCH_DATA: 'a=1\nb=2' }, { data: ['a=1', 'b=2'] }],
    [{ POOLFETCH_QUIET: '1' }, { quiet: true }],
    [{ POOLFETCH_QUIET: 'Yes' }, { quiet: true }],
    [{ POOLFETCH_QUIET: '0' }, { quiet: false }],
    [{ POOLFETCH_QUIET: 'off' }, { quiet: false }],
    [{ POOLFETCH_QUIET: '' }, { quiet: false }],
    [{ POOLFETCH_ADAPTIVE: '0' }, { adaptive: false }],
    [{ POOLFETCH_ADAPTIVE: 'true' }, { adaptive: true }],
    [{ POOLFETCH_ADAPTIVE: '' }, { adaptive: true }],
    [{ POOLFETCH_NO_ADAPTIVE: '1' }, { adaptive: false }],
    [{ POOLFETCH_NO_ADAPTIVE: '0' }, { adaptive: true }],
    [{ POOLFETCH_BREAKER: '20s' }, { breaker: 20_000 }],
    [{ POOLFETCH_BREAKER: 'off' }, { breaker: null }],
    [{ POOLFETCH_NO_BREAKER: 'yes' }, { breaker: null }],
    [{ POOLFETCH_FAIL_FAST: '3' }, { failFast: 3 }],
    [{ POOLFETCH_FAIL_FAST: 'yes' }, { failFast: 1 }],
    [{ POOLFETCH_SHUFFLE: '42' }, { shuffle: 42 }],
    [{ POOLFETCH_OUTPUT: '' }, {}],
  ])('%j is %j', (env, expected) => {
    expect(parse(env)).toMatchObject(expected)
  })

  it('may be off, and is as if it had not been given', () => {
    const env = { POOLFETCH_FAIL_FAST: '0', POOLFETCH_SHUFFLE: 'no', POOLFETCH_RATE: ' ', POOLFETCH_DEDUPE: 'false' }
    expect(parseCommandLine([], '1.2.3', env)).toEqual(parseCommandLine([], '1.2.3'))
  })

  it.each<[Record<string, string>, string[], Partial<Options>]>([
    [{ POOLFETCH_WORKERS: '7' }, ['-w', '3'], { workers: 3 }],
    [{ POOLFETCH_WORKERS: 'nonsense' }, ['-w', '3'], { workers: 3 }],
    [{ POOLFETCH_HEADER: 'A: 1' }, ['-H', 'B: 2'], { header: ['B: 2'] }],
    [{ POOLFETCH_QUIET: '0' }, ['-q'], { quiet: true }],
    [{ POOLFETCH_BREAKER: '20s' }, ['--no-breaker'], { breaker: null }],
    [{ POOLFETCH_NO_BREAKER: '1' }, ['--breaker', '3s'], { breaker: 3000 }],
    [{ POOLFETCH_FAIL_FAST: '0' }, ['--fail-fast'], { failFast: 1 }],
  ])('gives way to what was typed: %j %j', (env, argv, expected) => {
    expect(parse(env, ...argv)).toMatchObject(expected)
  })

  it('exists for every option of the table', () => {
    for (const { flags, repeats, default: value } of optionTable) {
      const name = /--([a-z\d-]+)/.exec(flags)?.[1] ?? ''
      const variable = `POOLFETCH_${name.replaceAll('-', '_').toUpperCase()}`
      const command = parseCommandLine([], '1.2.3', { [variable]: flags.includes('<') ? (value ?? 'x') : '1' })
      expect(command, variable).toMatchObject({ variables: { [attributeOf(name)]: variable } })
      if (repeats) expect(command).toMatchObject({ values: { [attributeOf(name)]: ['x'] } })
    }
  })

  it('is ignored where it names none, and does not keep help and version from being shown', () => {
    const env = { POOLFETCH_VERSION: '1.2.3', POOLFETCH_HELP: '1', POOLFETCH_NONSENSE: 'x', POOLFETCH_: '', QUIET: '1' }
    expect(parseCommandLine([], '1.2.3', env)).toEqual(parseCommandLine([], '1.2.3'))
    expect(parseCommandLine(['--version'], '1.2.3', { POOLFETCH_QUIET: 'nonsense' })).toMatchObject({ kind: 'print' })
  })
})

describe('a variable that makes no sense', () => {
  it.each([
    [{ POOLFETCH_WORKERS: 'many' }, 'POOLFETCH_WORKERS must be a whole number from 1 to 10000, got "many"'],
    [{ POOLFETCH_QUIET: 'maybe' }, 'POOLFETCH_QUIET must be 1, true, yes, on, or 0, false, no, off, got "maybe"'],
    [{ POOLFETCH_ADAPTIVE: '2' }, 'POOLFETCH_ADAPTIVE must be 1, true, yes, on, or 0, false, no, off, got "2"'],
    [{ POOLFETCH_NO_BREAKER: '10s' }, 'POOLFETCH_NO_BREAKER must be 1, true, yes, on, or 0, false, no, off, got "10s"'],
  ])('%j is named, with what is accepted', (env, message) => {
    expect(refusal(env)).toBe(message)
  })

  it('is named without its value where that is sent with the requests', () => {
    expect(refusal({ POOLFETCH_HEADER: 'SENTINEL' })).toMatch(/^POOLFETCH_HEADER must be 'Name: value'/)
    expect(refusal({ POOLFETCH_HEADER: '@/no/such/file' })).toBe(
      'POOLFETCH_HEADER cannot read /no/such/file: no such file or directory',
    )
    expect(refusal({ POOLFETCH_DATA: '@/no/such/file' })).toMatch(/^POOLFETCH_DATA cannot read/)
    for (const value of ['SENTINEL', 'SENTINEL=', 'SENTINEL==', 'A: SENTINEL\u0001', 'SENTI NEL x', 'Te: SENTINEL']) {
      expect(refusal({ POOLFETCH_HEADER: value })).not.toContain('SENTINEL')
    }
  })
})

describe('a variable that names no option', () => {
  it.each([
    ['POOLFETCH_RETRYFAILED', 'POOLFETCH_RETRY_FAILED'],
    ['POOLFETCH_PUBLIC_ONY', 'POOLFETCH_PUBLIC_ONLY'],
    ['POOLFETCH_PUBLIC_ONLYY', 'POOLFETCH_PUBLIC_ONLY'],
    ['POOLFETCH_BUBLIC_ONLY', 'POOLFETCH_PUBLIC_ONLY'],
    ['POOLFETCH_ADAPTIV', 'POOLFETCH_ADAPTIVE'],
  ])('but nearly one is refused: %s', (name, meant) => {
    expect(refusal({ [name]: '1' })).toBe(`${name} is no option: it should be ${meant}, or not be set`)
  })

  it.each([
    'POOLFETCH_VERSION',
    'POOLFETCH_PORT',
    'POOLFETCH_SERVICE_HOST',
    'POOLFETCH_DIR',
    'POOLFETCH_',
    'POOLFETCH',
  ])("is somebody else's: %s", (name) => {
    expect(parse({ [name]: '1' })).toMatchObject({ publicOnly: false, workers: 10 })
  })
})

function attributeOf(name: string): string {
  return name.replace(/^no-/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
