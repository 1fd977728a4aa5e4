#!/usr/bin/env node
// The command's entry: what it sets must be set before anything of the program is loaded.

// getaddrinfo runs on libuv's thread pool, and at most half of its threads: where names have to be looked up in this process, the default
// of 4 means two lookups at a time.
process.env.UV_THREADPOOL_SIZE ??= '16'
require('node:module').enableCompileCache?.()

let main
try {
  main = require('../dist/command/main.cjs')
} catch (error) {
  // Nothing of the program is there to say it better: a broken installation.
  process.exitCode = 3
  process.stderr.write(`poolfetch: cannot be loaded: ${error.message.split('\n', 1)[0]}\n`)
}
void main?.start()
