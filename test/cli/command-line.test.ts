import { describe, expect, it } from 'vitest'
import { parseCommandLine, shortHelp } from '../../src/cli/command-line.js'
import { optionTable } from '../../src/cli/option-table.js'
import { UsageError } from '../../src/core/errors.js'

const parse = (...argv: string[]) => parseCommandLine(argv, '1.2.3')

function run(...argv: string[]) {
  const command = parse(...argv)
  if (command.kind !== 'run') throw new Error(`${argv.join(' ')} is ${command.kind}`)
  return command
}

function refusal(...argv: string[]): string {
  try {
    parse(...argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${argv.join(' ')} was accepted`)
}

describe('operands', () => {
  it('are lists, in their order, wherever the options stand', () => {
    expect(run('a.txt', '-w', '5', 'b.txt', '-q').lists).toEqual(['a.txt', 'b.txt'])
    expect(run().lists).toEqual([])
  })

  it('may be - for standard input', () => {
    expect(run('-').lists).toEqual(['-'])
    expect(run('a.txt', '-', '-q').lists).toEqual(['a.txt', '-'])
  })

  it('may begin with a dash after --', () => {
    const { lists, values } = run('-q', '--', '-w', '--fail-fast', '-')
    expect(lists).toEqual(['-w', '--fail-fast', '-'])
    expect(values).toMatchObject({ quiet: true, workers: '10' })
    expect(values).not.toHaveProperty('failFast')
  })

  it('may be called schema where they are files: ./schema, or not the first', () => {
    expect(run('./schema').lists).toEqual(['./schema'])
    expect(run('urls.txt', 'schema').lists).toEqual(['urls.txt', 'schema'])
  })

  it('are not mistaken for commands: help and version are names like any other', () => {
    expect(run('help').lists).toEqual(['help'])
    expect(run('version', 'schemas').lists).toEqual(['version', 'schemas'])
  })
})

describe('options', () => {
  it('come as they were typed, in each of the usual spellings', () => {
    for (const argv of [['-w5'], ['-w', '5'], ['--workers=5'], ['--workers', '5']]) {
      expect(run(...argv).values).toMatchObject({ workers: '5' })
    }
    expect(run('-qk').values).toMatchObject({ quiet: true, insecure: true })
    expect(run('-qw5', 'urls.txt')).toMatchObject({ values: { quiet: true, workers: '5' }, lists: ['urls.txt'] })
  })

  it('that may be repeated come as a list, in order', () => {
    expect(run('-H', 'A: 1', '--header=B: 2', '-HC: 3').values).toMatchObject({ header: ['A: 1', 'B: 2', 'C: 3'] })
    expect(run('--resolve', 'x', '--resolve', 'y').values).toMatchObject({ resolve: ['x', 'y'] })
    expect(run().values).not.toHaveProperty('header')
  })

  it('that are given twice have the last value', () => {
    expect(run('-w', '5', '-w', '6').values).toMatchObject({ workers: '6' })
  })

  it('take a value that begins with a dash', () => {
    expect(run('--workers', '-5', 'urls.txt')).toMatchObject({ values: { workers: '-5' }, lists: ['urls.txt'] })
    expect(run('-d', '-', 'urls.txt')).toMatchObject({ values: { data: ['-'] }, lists: ['urls.txt'] })
  })

  it('that are turned off by a no- are on else', () => {
    expect(run().values).toMatchObject({ adaptive: true })
    expect(run('--no-adaptive').values).toMatchObject({ adaptive: false })
  })

  it('do not leak from one command line into the next', () => {
    run('-H', 'A: 1', '-w', '3', '--fail-fast')
    expect(run().values).not.toHaveProperty('header')
    expect(run().values).not.toHaveProperty('failFast')
    expect(run().values).toMatchObject({ workers: '10' })
  })
})

describe('--fail-fast', () => {
  it('is 1 without a number, and what follows is a list', () => {
    expect(run('--fail-fast', 'urls.txt')).toMatchObject({ lists: ['urls.txt'], values: { failFast: '1' } })
    expect(run('--fail-fast', '3')).toMatchObject({ lists: ['3'], values: { failFast: '1' } })
    expect(run('urls.txt', '--fail-fast')).toMatchObject({ lists: ['urls.txt'], values: { failFast: '1' } })
  })

  it('takes a number with =', () => {
    expect(run('--fail-fast=3', 'urls.txt')).toMatchObject({ lists: ['urls.txt'], values: { failFast: '3' } })
  })

  it('is off else', () => {
    expect(run('urls.txt').values).not.toHaveProperty('failFast')
  })
})

describe('what is no command line', () => {
  it('is told in one line, with the option that may have been meant', () => {
    const message = refusal('--workes', '5')
    expect(message).toContain('--workes')
    expect(message).toContain('--workers')
    expect(message).toContain('--help')
    expect(message).not.toContain('\n')
    expect(message).not.toMatch(/^error/i)
  })

  it.each(['--nonsense-beyond-recognition', '-Z', '--http3', '-j', '--adaptive'])(
    'an option that does not exist: %s',
    (option) => {
      const message = refusal(option, 'value')
      expect(message).toContain(option)
      expect(message).not.toContain('\n')
    },
  )

  it.each(
    optionTable.filter(({ flags }) => flags.includes('<')).map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0] ?? ''),
  )('an option without its value: %s', (option) => {
    const message = refusal('urls.txt', option)
    expect(message).toContain(option)
    expect(message).toContain('missing')
    expect(message).not.toContain('\n')
  })

  it('is told without what follows a mistyped option: it may be a secret', () => {
    for (const typed of ['--headers=A: SENTINEL', '--cookie=SENTINEL=x', '--token=SENT\nINEL SENTINEL']) {
      expect(refusal(typed)).not.toContain('SENTINEL')
      expect(refusal(typed)).toContain(typed.slice(0, typed.indexOf('=')))
    }
  })

  it('a value for an option that takes none', () => {
    expect(refusal('--quiet=yes')).toContain('--quiet')
  })

  it('is one line, whatever was typed', () => {
    expect(refusal('--work\ners')).not.toContain('\n')
    expect(refusal('schema', '--no\npe')).not.toContain('\n')
  })
})

describe('commands', () => {
  it('schema asks for the JSON Schema', () => {
    expect(parse('schema')).toEqual({ kind: 'schema', of: 'record' })
    expect(parse('schema', 'input')).toEqual({ kind: 'schema', of: 'input' })
    expect(() => parse('schema', 'output')).toThrow(/Allowed choices are record, input/)
  })

  it('--version prints the version and nothing else', () => {
    for (const option of ['--version', '-V']) expect(parse(option)).toEqual({ kind: 'print', text: '1.2.3\n' })
    expect(parse('urls.txt', '--version')).toEqual({ kind: 'print', text: '1.2.3\n' })
  })

  it('--help shows every option with its default, by group, within 100 columns', () => {
    const command = parse('--help')
    const text = command.kind === 'print' ? command.text : ''
    for (const { flags, group, default: value } of optionTable) {
      expect(text).toContain(/--[a-z-]+/.exec(flags)?.[0])
      expect(text).toContain(`${group}:`)
      if (value !== undefined) expect(text).toContain(value)
    }
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
    expect(text.endsWith('\n')).toBe(true)
  })

  it('-h is one screen of what most people need, 80 columns wide, and names --help', () => {
    for (const argv of [['-h'], ['urls.txt', '-qh']]) {
      const command = parse(...argv)
      const text = command.kind === 'print' ? command.text : ''
      expect(text.split('\n').length).toBeLessThanOrEqual(40)
      for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
      expect(text).toContain('poolfetch --help')
      for (const { flags, inShort } of optionTable) expect(text.includes(flags), flags).toBe(inShort !== undefined)
    }
  })

  it('schema --help prints help, too', () => {
    expect(parse('schema', '--help')).toMatchObject({ kind: 'print', text: expect.stringContaining('schema') })
  })
})

describe('the option table', () => {
  it('names every option once', () => {
    const names = optionTable.flatMap(({ flags }) => flags.match(/(?<![\w-])--?[a-z\d][a-z\d-]*/gi) ?? [])
    expect(new Set(names).size).toBe(names.length)
  })

  it('has the options of a group together', () => {
    const groups = optionTable.map(({ group }) => group)
    expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual([...new Set(groups)])
  })
})

describe('shortHelp', () => {
  it('says how to use it and where to read more, in a few lines', () => {
    expect(shortHelp()).toContain('usage: poolfetch')
    expect(shortHelp()).toContain('poolfetch -h')
    expect(shortHelp().split('\n').length).toBeLessThan(12)
  })
})
