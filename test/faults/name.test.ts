// Name servers that fail, in a network of their own: the system's resolver is the one that is asked.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FetchRecord } from '../../src/record-schema.js'
import { binPath, parseRecords } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'
import { hasNamespaces } from './setup.js'

const nameServer = new URL('name-server.mjs', import.meta.url).pathname

/** Where `manner` is null nobody answers at all. */
async function runBeside(manner: string | null, list: readonly string[], args = ''): Promise<FetchRecord[]> {
  const folder = await tempFolder()
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions attempts:1 timeout:3\n')
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n')
  writeFileSync(join(folder, 'urls.txt'), `${list.join('\n')}\n`)
  const script = `ip link set lo up
    mount --bind resolv.conf /etc/resolv.conf
    mount --bind hosts /etc/hosts
    ${manner === null ? '' : `"$NODE" "${nameServer}" ${manner} ready & server=$!; while [ ! -e ready ]; do sleep 0.05; done`}
    "$NODE" "${binPath}" urls.txt ${args}
    ${manner === null ? '' : 'kill $server'}`
  const child = spawn('unshare', ['-mn', 'sh', '-c', script], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE: process.execPath },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  await once(child, 'close')
  return parseRecords(output)
}

describe.runIf(hasNamespaces)('names', () => {
  it('#16 that do not exist are dns, and not tried again', async () => {
    expect(await runBeside('nothing', ['http://nobody.test/'])).toMatchObject([
      { error_type: 'dns', error_code: 'ENOTFOUND', attempts: 1 },
    ])
  })

  it('#17 that nobody answers for are dns, and tried again', async () => {
    expect(await runBeside(null, ['http://somebody.test/'], '--retries 1')).toMatchObject([
      { error_type: 'dns', error_code: 'EAI_AGAIN', attempts: 2 },
    ])
  })

  it('#18 that take a second do not hold up the rest', async () => {
    const slow = Array.from({ length: 6 }, (_, index) => `http://slow-${index}.test:8080/`)
    const direct = Array.from({ length: 20 }, (_, index) => `http://127.0.0.1:8080/${index}`)
    const records = await runBeside('slow', [...slow, ...direct], '-w 10')
    expect(records.every(({ ok }) => ok)).toBe(true)
    expect(records.slice(0, direct.length).every(({ host }) => host === '127.0.0.1:8080')).toBe(true)
  })

  it('#19 that have no address are dns', async () => {
    const [record] = await runBeside('empty', ['http://empty.test/'])
    expect(record).toMatchObject({ error_type: 'dns', attempts: 1 })
    expect(['ENODATA', 'ENOTFOUND']).toContain(record?.error_code)
  })
})
