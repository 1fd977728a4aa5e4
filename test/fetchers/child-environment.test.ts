import { describe, expect, it } from 'vitest'
import { childEnvironment } from '../../src/fetchers/child-environment.js'

const optionsFor = (given: string) => childEnvironment({ NODE_OPTIONS: given }).NODE_OPTIONS

describe("a child's environment", () => {
  it('is the same but for what is the program itself', () => {
    const env = { PATH: '/bin', RES_OPTIONS: 'timeout:1', UV_THREADPOOL_SIZE: '4', NODE_V8_COVERAGE: '/tmp/coverage' }
    expect(childEnvironment(env)).toEqual({ PATH: '/bin', RES_OPTIONS: 'timeout:1', UV_THREADPOOL_SIZE: '128' })
  })

  it.each([
    '--import=./a.mjs --dns-result-order=ipv4first',
    '--require "/a b/c.js" --max-old-space-size=64',
    '--require ./inspect.js',
    '',
  ])('keeps the options of Node that change what it does: %s', (options) => expect(optionsFor(options)).toBe(options))

  it.each([
    ['--inspect', ''],
    ['--inspect-brk=127.0.0.1:9229 --import=./a.mjs', '--import=./a.mjs'],
    ['--import ./a.mjs --inspect-port 0 --no-warnings', '--import ./a.mjs --no-warnings'],
    ['"--inspect=0" --no-warnings', '--no-warnings'],
    ['--cpu-prof --cpu-prof-dir "/a b" --enable-source-maps', '--enable-source-maps'],
    ['--heap-prof --prof --trace-event-categories v8', ''],
  ])('drops those that watch it: %s', (options, left) => expect(optionsFor(options)).toBe(left))
})
