// The command's beginning and end: from argv to the exit code. Only what every command needs is loaded here.

import { complaint } from './complaint.js'
import { parseCommandLine, type RunCommand, shortHelp } from './command-line.js'
import type { Environment } from './compose.js'
import { errorCode } from './exit-code.js'
import { packageVersion } from './version.js'

/** Sets the process's exit code; the process ends when its streams have drained. */
export async function start(): Promise<void> {
  // Nobody can be told of an error on standard error.
  process.stderr.on('error', () => {})
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    process.exitCode = errorCode(error)
    process.stderr.write(complaint(error))
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const version = packageVersion()
  const command = parseCommandLine(argv, version, process.env)
  switch (command.kind) {
    case 'print':
      return print(command.text)
    case 'schema': {
      const { recordJsonSchema } = await import('../record-schema.js')
      return print(`${JSON.stringify(recordJsonSchema(), null, 2)}\n`)
    }
    case 'compact': {
      const { compact } = await import('./compact.js')
      return compact(command.paths, process.stderr)
    }
    case 'run': {
      if (command.lists.length === 0 && process.stdin.isTTY) {
        process.stderr.write(shortHelp())
        return 2
      }
      const { run } = await import('./run.js')
      return run(command, environment(version, command.variables))
    }
  }
}

async function print(text: string): Promise<number> {
  const { openDescriptorOutput } = await import('../sinks/output.js')
  const output = await openDescriptorOutput(1, 'standard output')
  await output.write(text)
  await output.close()
  return 0
}

function environment(version: string, variables: RunCommand['variables']): Environment {
  return {
    env: process.env,
    // Touched only when it is read: a standard input that nobody reads stays as it is.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    version,
    variables,
  }
}
