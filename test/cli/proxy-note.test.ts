import { expect, it } from 'vitest'
import { proxyNote } from '../../src/cli/proxy-note.js'
import { runCli } from '../support/run-cli.js'

it.each([
  [{}, null],
  [{ HTTP_PROXY: '' }, null],
  [{ HTTP_PROXY: 'http://proxy.example', NO_PROXY: '*' }, null],
  [{ HTTPS_PROXY: 'http://u:secret@proxy.example' }, 'HTTPS_PROXY is set'],
  [{ all_proxy: 'socks5://proxy.example', NO_PROXY: 'localhost' }, 'all_proxy is set'],
])('says that a proxy is not used: %j', (env, expected) => {
  const note = proxyNote(env)
  if (expected === null) expect(note).toBeNull()
  else expect(note).toContain(expected)
  expect(note ?? '').not.toContain('secret')
})

it('stands on standard error with --verbose, and not where nobody looks', async () => {
  const env = { https_proxy: 'http://u:secret@127.0.0.1:1' }
  const { stderr } = await runCli(['-v'], { stdin: '', env })
  expect(stderr).toBe(
    'poolfetch: https_proxy is set, but poolfetch uses no proxy: requests go to their servers directly\n',
  )
  expect((await runCli([], { stdin: '', env })).stderr).toBe('')
  expect((await runCli(['-v', '-q'], { stdin: '', env })).stderr).toBe('')
})
