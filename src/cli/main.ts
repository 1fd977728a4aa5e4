// The command's beginning and end: from argv to the exit code. Only what every command needs is loaded here.

import { ReaderGoneError } from '../core/errors.js'
import { Descriptor } from '../sinks/descriptor.js'
import { complaint } from './complaint.js'
import type { RunCommand } from './command-line.js'
import type { Environment } from './environment.js'
import { errorCode } from './exit-code.js'
import { packageVersion } from './version.js'

/** Sets the process's exit code; the process ends when its streams have drained. */
export async function start(): Promise<void> {
  const argv = process.argv.slice(2)
  try {
    process.exitCode = isVersionWanted(argv) ? await print(`${packageVersion()}\n`) : await main(argv)
  } catch (error) {
    process.exitCode = errorCode(error)
    // Whoever wanted no more to read needs not be told.
    if (!(error instanceof ReaderGoneError)) standardError().write(complaint(error))
  }
}

/** What scripts ask often takes no more than it needs. Beside other words it is for the parser to say what is meant. */
function isVersionWanted(argv: readonly string[]): boolean {
  return argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')
}

async function main(argv: readonly string[]): Promise<number> {
  const version = packageVersion()
  const { parseCommandLine, shortHelp } = await import('./command-line.js')
  const command = parseCommandLine(argv, version, process.env)
  switch (command.kind) {
    case 'print':
      return print(command.text)
    case 'schema': {
      const schema =
        command.of === 'input'
          ? (await import('../sources/jsonl-schema.js')).listLineJsonSchema()
          : (await import('../record-schema.js')).recordJsonSchema()
      return print(`${JSON.stringify(schema, null, 2)}\n`)
    }
    case 'compact': {
      const { compact } = await import('./compact.js')
      return compact(command.paths, standardError())
    }
    case 'run': {
      if (command.lists.length === 0 && process.stdin.isTTY) {
        standardError().write(shortHelp())
        return 2
      }
      const { run } = await import('./run.js')
      return run(command, environment(version, command.variables))
    }
  }
}

async function print(text: string): Promise<number> {
  const bytes = Buffer.from(text)
  const output = await Descriptor.open(1, 'standard output')
  await output.write({ bytes, ends: [bytes.length] })
  return 0
}

function environment(version: string, variables: RunCommand['variables']): Environment {
  return {
    env: process.env,
    // Touched only when they are used: a standard input that nobody reads stays as it is, and to open one takes some milliseconds.
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return process.stdout
    },
    stderr: standardError(),
    version,
    variables,
  }
}

/** Opened when it is asked for. */
function standardError(): NodeJS.WriteStream {
  // Nobody can be told of an error on standard error.
  return process.stderr.off('error', ignore).on('error', ignore)
}

function ignore(): void {}
