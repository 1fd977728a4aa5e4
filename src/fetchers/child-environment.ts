// The environment of a process that is not the user's own: what he wants to see of his program is not repeated for it.

/**
 * libuv keeps half of its threads for lookups that take long. They are started together with the first lookup, and a thread that
 * waits costs about 20 KB.
 */
const poolSize = '128'

/** Node's options for what would open a port twice, stop before the first line, or write over the files of the program. */
const ownToProgram = /^--(?:inspect|debug|cpu-prof|heap-prof|heapsnapshot|prof\b|trace-event|report-|diagnostic-dir)/

export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    UV_THREADPOOL_SIZE: poolSize,
    NODE_OPTIONS: env.NODE_OPTIONS === undefined ? undefined : withoutOwn(env.NODE_OPTIONS),
    NODE_V8_COVERAGE: undefined,
  }
}

/** Split as Node does it: at spaces outside double quotes, in which a backslash escapes. */
function withoutOwn(nodeOptions: string): string {
  const words = nodeOptions.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? []
  let isDropped = false
  return words
    .filter((word) => {
      const option = word.replace(/^"/, '')
      // A word that is no option is the value of the one before it.
      if (option.startsWith('-')) isDropped = ownToProgram.test(option)
      return !isDropped
    })
    .join(' ')
}
