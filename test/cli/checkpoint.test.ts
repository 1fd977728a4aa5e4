import { closeSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Checkpoint } from '../../src/checkpoint/checkpoint.js'
import { compactAtEnd, openCheckpoint, prepareOutput, rewritingError } from '../../src/cli/checkpoint.js'
import { parseCommandLine } from '../../src/cli/command-line.js'
import { type Options, parseOptions } from '../../src/cli/options.js'
import { SinkError, UsageError } from '../../src/core/errors.js'
import { failed, idsOf, line } from '../checkpoint/outputs.js'
import { tempFile, tempFolder } from '../support/temp.js'

function optionsOf(...argv: readonly string[]): Options {
  const command = parseCommandLine(argv, '1')
  if (command.kind !== 'run') throw new Error('no run')
  return parseOptions(command.values)
}

const open = (argv: readonly string[], lists: readonly string[] = []) => openCheckpoint(optionsOf(...argv), lists)

/** As a run does it, without the run. */
async function goOn(path: string, ...argv: readonly string[]): Promise<Checkpoint> {
  const checkpoint = await open(['-o', path, '--resume', ...argv])
  closeSync(await prepareOutput(checkpoint, path, () => {}))
  onTestFinished(() => checkpoint.release())
  return checkpoint
}

describe('options that do not go with --resume', () => {
  it.each([
    [[], '--resume needs --output FILE'],
    [['-o', '-'], '--resume needs --output FILE'],
    [['-o', 'x', '--overwrite'], '--overwrite replaces it'],
    [['-o', 'x', '--dry-run'], '--dry-run reads no output'],
    [['-o', 'x', '-f', 'csv'], '--resume needs --format jsonl, got "csv"'],
    [['-o', 'x', '-f', 'table'], '--resume needs --format jsonl, got "table"'],
    [['-o', 'x', '--only', 'failed'], 'leave --only out'],
    [['-o', 'x', '--fields', 'id,ok'], '--resume needs the fields id, url, error_type: add url, error_type'],
    [['-o', 'x', '--fields', 'url,error_type'], 'add id'],
  ])('%j are refused: %s', async (argv, message) => {
    for (const resume of ['--resume', '--retry-failed', '--retry-failed=timeout']) {
      const refused = open([...argv, resume])
      await expect(refused).rejects.toThrow(UsageError)
      await expect(refused).rejects.toThrow(message)
    }
    expect(existsSync('x')).toBe(false)
  })

  it('do not make a file', async () => {
    const path = join(await tempFolder(), 'out.jsonl')
    await expect(open(['-o', path, '--resume', '-f', 'csv'])).rejects.toThrow(UsageError)
    expect(existsSync(path)).toBe(false)
  })
})

describe('the output to go on from', () => {
  it('may have some fields only', async () => {
    const checkpoint = await goOn(await tempFile(line(1)), '--fields', 'error_type,ok,url,id')
    expect(checkpoint.earlier.done).toBe(1)
  })

  it('is no list that is read, by whatever name', async () => {
    const path = await tempFile(line(1))
    symlinkSync(path, `${path}.link`)
    const refused = open(['-o', path, '--resume'], [`${path}.link`])
    await expect(refused).rejects.toThrow(`--output ${path} is a list that is read: name another file`)
  })

  it('that cannot be opened is exit 3', async () => {
    const folder = await tempFolder()
    await expect(open(['-o', folder, '--resume'])).rejects.toThrow(
      new SinkError(`cannot write ${folder}: it is a directory`),
    )
    const refused = open(['-o', join(folder, 'no/such/folder.jsonl'), '--resume'])
    await expect(refused).rejects.toThrow(/no such directory/)
    await expect(refused).rejects.toThrow(SinkError)
  })

  it('that cannot be put in order is exit 3, and stays as it is', async () => {
    const before = `${line(1)}garbage\n${line(2)}`
    const path = await tempFile(before)
    mkdirSync(`${path}.bad`)
    const checkpoint = await open(['-o', path, '--resume'])
    await expect(prepareOutput(checkpoint, path, () => {})).rejects.toThrow(
      new SinkError(`cannot write ${path}: it is a directory`),
    )
    expect(readFileSync(path, 'utf8')).toBe(before)
    checkpoint.release()
  })

  it('that has no room beside it is told to need it', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC', errno: -28 })
    expect(rewritingError('x.jsonl', full)).toEqual(
      new SinkError(
        'cannot write x.jsonl: no space left on device; it is as it was: a new one is written beside it, which takes a folder that can be written to, and as much room again',
      ),
    )
  })
})

describe('what is fetched again', () => {
  const output = line(1) + failed(2, 'timeout') + failed(3, 'dns') + failed(4, 'http_status') + failed(5, 'aborted')

  it.each([
    [[], [5]],
    [['--retry-failed'], [2, 3, 4, 5]],
    [['--retry-failed=all'], [2, 3, 4, 5]],
    [
      ['--retry-failed', 'timeout'],
      [2, 5],
    ],
    [['--retry-failed=dns,http_status'], [3, 4, 5]],
    [['--retry-failed=write'], [5]],
  ])('with %j are the ids %j', async (argv, again) => {
    const checkpoint = await goOn(await tempFile(output), ...argv)
    expect([1, 2, 3, 4, 5].filter((id) => checkpoint.outcome(id) === null)).toEqual(again)
    expect(checkpoint.earlier.done).toBe(5 - again.length)
  })
})

describe('the end of a run that had an output to go on from', () => {
  it('leaves one record of each id', async () => {
    const path = await tempFile(failed(1, 'aborted') + line(2) + line(1))
    expect(await compactAtEnd(await goOn(path), path)).toBeNull()
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([2, 1])
  })

  it('leaves the file alone where there is one already', async () => {
    const path = await tempFile(line(1))
    const checkpoint = await goOn(path)
    expect(checkpoint.willHaveSuperseded).toBe(false)
    expect(await compactAtEnd(checkpoint, path)).toBeNull()
  })

  it('says where it could not', async () => {
    const path = await tempFile(failed(1, 'aborted') + line(1))
    const checkpoint = await goOn(path)
    expect(await compactAtEnd(checkpoint, `${path}.gone`)).toBe(
      `poolfetch: cannot write ${path}.gone: no such directory: it has records that later ones replace (see poolfetch compact)\n`,
    )
  })
})
