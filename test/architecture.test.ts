// Holds the architecture: which file may import what, what start-up must not load, and how files and tests are laid out.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Import {
  readonly to: string
  /** `type` is erased by the compiler, `dynamic` is loaded when its line runs. */
  readonly kind: 'static' | 'type' | 'dynamic'
}

type Tree = ReadonlyMap<string, string>

const adapters = ['sources', 'limiters', 'fetchers', 'cookies', 'bodies', 'archive', 'sinks', 'observers', 'checkpoint']
/** Does no input or output: core may use it. */
const purePackages = ['ipaddr.js', 'node:util']
const dependencies = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies)
const longestFile = 300

/** Files without a test at the mirrored path, and the test that covers them. */
const testedElsewhere: Readonly<Record<string, string>> = {
  // Classes without behaviour, and what becomes of them.
  'src/core/errors.ts': 'test/cli/exit-code.test.ts',
  // Data.
  'src/core/attempt.ts': 'test/core/internal-error.test.ts',
  // What they put together is seen only in whole runs.
  'src/cli/compose.ts': 'test/cli/run.test.ts',
  'src/cli/compose-fetcher.ts': 'test/cli/run.test.ts',
  'src/cli/compose-sink.ts': 'test/cli/run.test.ts',
  'src/cli/main.ts': 'test/cli/run.test.ts',
  'src/cli/open-output.ts': 'test/cli/run.test.ts',
  'src/cli/version.ts': 'test/cli/run.test.ts',
  'src/cli/politeness.ts': 'test/cli/scheduling.test.ts',
  'src/cli/rehearse.ts': 'test/cli/scheduling.test.ts',
  // Data: the help and the README are made of it.
  'src/cli/option-table.ts': 'test/readme.test.ts',
  'src/cli/common-help.ts': 'test/cli/command-line.test.ts',
  // Every value of every option is tried in one place.
  'src/cli/readers.ts': 'test/cli/options.test.ts',
  // Its files are read where lists are opened.
  'src/sources/encoding.ts': 'test/sources/open.test.ts',
  // Loaded with the first table: tried as the format whose lists they read.
  'src/sources/csv-items.ts': 'test/sources/csv.test.ts',
  'src/sources/csv-table.ts': 'test/sources/csv.test.ts',
  // Holds for what is read: tried with random lines.
  'src/sources/jsonl-schema.ts': 'test/sources/jsonl-line.test.ts',
  // Parts of a fetch that are seen in what it brings.
  'src/fetchers/advice.ts': 'test/fetchers/failure.test.ts',
  'src/fetchers/connection.ts': 'test/fetchers/connections.test.ts',
  'src/fetchers/connector.ts': 'test/fetchers/exchange.test.ts',
  'src/fetchers/decode-layer.ts': 'test/fetchers/decode.test.ts',
  'src/fetchers/dial.ts': 'test/fetchers/timeouts.test.ts',
  'src/fetchers/exchange-clock.ts': 'test/fetchers/timeouts.test.ts',
  // Runs as another process.
  'src/fetchers/name-child.ts': 'test/fetchers/name-process.test.ts',
  // Seen in what becomes of a request that takes that way.
  'src/fetchers/passage.ts': 'test/fetchers/tunnel.test.ts',
  'src/fetchers/proxy-failure.ts': 'test/fetchers/tunnel.test.ts',
  'src/fetchers/stream-inflow.ts': 'test/fetchers/body-keeper.test.ts',
  'src/fetchers/h2-channel.ts': 'test/fetchers/http2.test.ts',
  'src/fetchers/h2-opening.ts': 'test/fetchers/http2.test.ts',
  'src/fetchers/h2-origin.ts': 'test/fetchers/http2.test.ts',
  'src/fetchers/h2-pool.ts': 'test/fetchers/http2.test.ts',
  'src/fetchers/h2-session.ts': 'test/fetchers/http2.test.ts',
  'src/fetchers/h2-stream.ts': 'test/fetchers/http2.test.ts',
  'src/fetchers/h2-failure.ts': 'test/fetchers/http2.test.ts',
  'src/fetchers/undici-handler.ts': 'test/fetchers/exchange.test.ts',
  // Heads of records: seen in the records.
  'src/archive/record.ts': 'test/archive/archive.test.ts',
  // The writing itself: seen in what the store does.
  'src/bodies/body-file.ts': 'test/bodies/store.test.ts',
  // Every record that a run of the program wrote is read with the schema.
  'src/record-schema.ts': 'test/demo.test.ts',
  // Event loop and wall clock as they are: only whole runs use it.
  'src/clock.ts': 'test/demo.test.ts',
}

const tree: Tree = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .map((path) => [path, readFileSync(path, 'utf8')]),
)

describe('the architecture', () => {
  it('lets imports point one way: cli -> pipeline, adapters -> files -> core -> types', () => {
    expect(forbiddenImports(tree)).toEqual([])
  })

  it('has no cycles', () => {
    expect(cycle(tree)).toEqual([])
  })

  it('starts up without any package', () => {
    expect(tree.has('src/cli/main.ts')).toBe(true)
    expect(loadedBy(tree, 'src/cli/main.ts', dependencies)).toEqual([])
  })

  it('runs without the packages that only some runs need', () => {
    expect(tree.has('src/cli/run.ts')).toBe(true)
    const lazy = dependencies.filter((name) => !purePackages.includes(name))
    expect(loadedBy(tree, 'src/cli/run.ts', lazy)).toEqual([])
  })

  it('leaves the end of the process to the event loop', () => {
    const exits =
      /\bprocess\s*\??\.\s*(?:exit|reallyExit|abort)\b(?!Code)|[{,]\s*exit\b[^}]*}\s*(?:=\s*process\b|from 'node:process')/
    expect(filesWith(tree, (text) => exits.test(withoutComments(text)))).toEqual([])
  })

  it('begins every file with a comment that says what it owns', () => {
    expect(filesWith(tree, (text) => !/^\/\/ \S/.test(text))).toEqual([])
  })

  it(`keeps every file within ${longestFile} lines`, () => {
    expect(filesWith(tree, (text) => text.trimEnd().split('\n').length > longestFile)).toEqual([])
  })

  it('mirrors src/ in test/', () => {
    const missing = filesWith(tree, (text, path) => hasCode(text) && !isRegistry(path))
      .map((path) => testedElsewhere[path] ?? mirrored(path))
      .filter((path) => !existsSync(path))
    expect(missing).toEqual([])
    const needless = Object.keys(testedElsewhere).filter((path) => !tree.has(path) || existsSync(mirrored(path)))
    expect(needless, 'exceptions that are none').toEqual([])
  })
})

describe('the rules above', () => {
  it.each([
    ['src/core/heap.ts', "import { Agent } from 'undici'", 'undici'],
    ['src/core/heap.ts', "import { readFile } from 'node:fs/promises'", 'node:fs/promises'],
    ['src/core/heap.ts', "export { lines } from '../sources/lines.js'", 'src/sources/lines.ts'],
    ['src/core/heap.ts', "import type { Options } from '../cli/options.js'", 'src/cli/options.ts'],
    ['src/types.ts', "import type { Heap } from './core/heap.js'", 'src/core/heap.ts'],
    ['src/sinks/jsonl.ts', "import { lines } from '../sources/lines.js'", 'src/sources/lines.ts'],
    ['src/sinks/jsonl.ts', "const run = await import('../pipeline.js')", 'src/pipeline.ts'],
    ['src/sinks/jsonl.ts', "import {\n  a,\n  b,\n} from '../cli/main.js'", 'src/cli/main.ts'],
    ['src/files/replace-file.ts', "import { lines } from '../sources/lines.js'", 'src/sources/lines.ts'],
    ['src/core/heap.ts', "import { replaceFile } from '../files/replace-file.js'", 'src/files/replace-file.ts'],
    ['src/pipeline.ts', "import { replaceFile } from './files/replace-file.js'", 'src/files/replace-file.ts'],
    ['src/pipeline.ts', "import '../src/sinks/index.js'", 'src/sinks/index.ts'],
    ['src/cli/main.ts', "import { request } from 'node:https'", 'node:https'],
    ['src/fetchers/undici.ts', "import http from 'http'", 'http'],
  ])('refuse in %s: %s', (path, text, to) => {
    expect(forbiddenImports(treeOf({ [path]: text }))).toEqual([`${path} imports ${to}`])
  })

  it('accept what points downwards, and what only a comment says', () => {
    const files = treeOf({
      'src/cli/main.ts': "import { run } from '../pipeline.js'\nimport { sinks } from '../sinks/index.js'",
      'src/pipeline.ts': "import { Heap } from './core/heap.js'\nimport type { Sink } from './types.js'",
      'src/sinks/index.ts':
        "import { once } from 'node:events'\nimport { Heap } from '../core/heap.js'\nimport '../files/replace-file.js'\n// import('../cli/main.js')",
      'src/files/replace-file.ts': "import { open } from 'node:fs/promises'\nimport '../core/heap.js'",
      'src/core/heap.ts': "import type { FetchTask } from '../types.js'",
    })
    expect(forbiddenImports(files)).toEqual([])
    expect(cycle(files)).toEqual([])
  })

  it('find a cycle of any length', () => {
    const files = {
      'src/a.ts': "import './b.js'",
      'src/b.ts': "import './c.js'",
      'src/c.ts': "import type { A } from './a.js'",
    }
    expect(cycle(treeOf(files))).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts'])
  })

  it('find a package behind static imports, not behind dynamic or type-only ones', () => {
    const lazy = { 'src/cli/main.ts': "import type { Z } from 'zod'\nconst sink = await import('../sink.js')" }
    expect(loadedBy(treeOf({ ...lazy, 'src/sink.ts': "import 'zod'" }), 'src/cli/main.ts', ['zod'])).toEqual([])
    const eager = {
      'src/cli/main.ts': "import { sink } from '../sink.js'",
      'src/sink.ts': "import { stringify } from 'csv-stringify/sync'",
    }
    expect(loadedBy(treeOf(eager), 'src/cli/main.ts', ['csv-stringify'])).toEqual([
      'src/cli/main.ts -> src/sink.ts -> csv-stringify',
    ])
  })
})

function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files))
}

function forbiddenImports(files: Tree): string[] {
  return edges(files)
    .filter(([from, { to }]) => !mayImport(from, to))
    .map(([from, { to }]) => `${from} imports ${to}`)
}

function mayImport(from: string, to: string): boolean {
  // Undici's HTTP/2 fails what is under way when a server says, as it may, that it takes no more, and a GET with a body for ever.
  if (/^src\/fetchers\/h2-(?:session|stream)\.ts$/.test(from) && to === 'node:http2') return true
  // Node's own HTTP client is another program's: ours is undici.
  if (/^(?:node:)?(?:_http|https?|http2)\b/.test(to)) return false
  const [layer, target] = [layerOf(from), layerOf(to)]
  if (layer === 'types') return target === 'types' || (from === 'src/record-schema.ts' && to === 'zod')
  if (layer === 'core') return target === 'core' || target === 'types' || purePackages.includes(to)
  if (layer === 'clock') return target === 'core' || target === 'types'
  if (layer === 'pipeline') return ['core', 'clock', 'types', 'external'].includes(target)
  // How files are handled, whatever stands in them: for adapters that may not know of each other.
  if (layer === 'files') return ['files', 'core', 'types', 'external'].includes(target)
  if (adapters.includes(layer)) return [layer, 'files', 'core', 'types', 'external'].includes(target)
  if (layer === 'cli') return target !== 'index'
  return layer === 'index'
}

// A folder of src/ is a layer; so are the files on its first level.
function layerOf(path: string): string {
  if (!path.startsWith('src/')) return 'external'
  const [, first = ''] = path.split('/')
  if (/^(?:types|data|ports|report|kept|record-schema)\.ts$/.test(first)) return 'types'
  return first.replace(/\.ts$/, '')
}

function cycle(files: Tree): string[] {
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (finished.has(path)) return []
    for (const { to } of importsOf(path, files)) {
      const found = visit(to, [...trail, path])
      if (found.length > 0) return found
    }
    finished.add(path)
    return []
  }
  for (const path of files.keys()) {
    const found = visit(path, [])
    if (found.length > 0) return found
  }
  return []
}

/** Those of `packages` that are loaded with `entry`, through static imports alone, each with the way that leads there. */
function loadedBy(files: Tree, entry: string, packages: readonly string[]): string[] {
  const found: string[] = []
  const ways: string[][] = [[entry]]
  const reached = new Set([entry])
  for (let way = ways.shift(); way; way = ways.shift()) {
    for (const { to, kind } of importsOf(way.at(-1) ?? entry, files)) {
      if (kind !== 'static' || reached.has(to)) continue
      reached.add(to)
      const loaded = packages.find((name) => to === name || to.startsWith(`${name}/`))
      if (loaded !== undefined) found.push([...way, loaded].join(' -> '))
      ways.push([...way, to])
    }
  }
  return found
}

function edges(files: Tree): (readonly [from: string, Import])[] {
  return [...files.keys()].flatMap((path) => importsOf(path, files).map((found) => [path, found] as const))
}

// `import { type X } from 'y'` still loads y (verbatimModuleSyntax), so only `import type` counts as erased.
function importsOf(path: string, files: Tree): Import[] {
  const text = withoutComments(files.get(path) ?? '')
  const resolve = (name: string) =>
    name.startsWith('.') ? posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts') : name
  const statics = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]*?\bfrom\s*)?['"]([^'"\n]+)['"]/gm)
  const dynamics = text.matchAll(/\bimport\(\s*['"]([^'"\n]+)['"]/g)
  return [
    ...[...statics].map((match): Import => ({ to: resolve(match[2] ?? ''), kind: match[1] ? 'type' : 'static' })),
    ...[...dynamics].map((match): Import => ({ to: resolve(match[1] ?? ''), kind: 'dynamic' })),
  ]
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, '').replaceAll(/(?:^|\s)\/\/.*$/gm, '')
}

function hasCode(text: string): boolean {
  return /^(?:export )?(?:default )?(?:async )?(?:const|let|function|class)\b/m.test(text)
}

function isRegistry(path: string): boolean {
  // Groups of options are data: tried together, in test/cli/options.test.ts.
  if (path.startsWith('src/cli/option-groups/')) return true
  return adapters.some((folder) => path === `src/${folder}/index.ts`)
}

function mirrored(path: string): string {
  return path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts')
}

function filesWith(files: Tree, matches: (text: string, path: string) => boolean): string[] {
  return [...files].filter(([path, text]) => matches(text, path)).map(([path]) => path)
}
