// Puts the command together as a few CommonJS files, dist/command/, from the many modules of dist/; the second half of `npm run build`.
// A plain run would load 160 ES modules, and Node 20 takes a millisecond to find, read and link one. Dependencies stay outside: a fix in
// them must reach users without a release of ours. Names and lines stay as they are, for the stack of a crash to be read.

import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const folder = `${dist}command`

/** A file for `module` and all that it imports, unless a group before it has it. */
const group = (name, module, priority) => ({ name, priority, test: (id) => id === `${dist}${module}.js` })

await rm(folder, { recursive: true, force: true })
const bundle = await rolldown({
  input: { main: `${dist}cli/main.js` },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith(dist),
})
await bundle.write({
  dir: folder,
  format: 'cjs',
  strict: true,
  comments: false,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  codeSplitting: {
    groups: [
      group('start', 'cli/main', 4),
      group('command-line', 'cli/command-line', 3),
      group('run', 'cli/run', 2),
      group('undici', 'fetchers/undici', 1),
    ],
  },
})
await bundle.close()
