import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FolderSync } from '../../src/bodies/folder-sync.js'
import { tempFolder } from '../support/temp.js'

/** A folder whose syncs end when they are told to. */
function setUp() {
  const syncs: PromiseWithResolvers[] = []
  const sync = () => {
    let [resolve, reject]: [() => void, (error: Error) => void] = [() => {}, () => {}]
    const promise = new Promise<void>((onResolve, onReject) => ([resolve, reject] = [onResolve, onReject]))
    syncs.push({ resolve, reject })
    return promise
  }
  return { syncs, folder: new FolderSync({ sync, close: async () => {} }) }
}

interface PromiseWithResolvers {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const coded = (code: string) => Object.assign(new Error(code), { code })
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the names in a folder', () => {
  it('are brought to the disk by a call that began after they were there', async () => {
    const { syncs, folder } = setUp()
    const first = folder.settle()
    const later = Promise.all([folder.settle(), folder.settle(), folder.settle()])
    let isOver = false
    void later.then(() => (isOver = true))
    expect(syncs).toHaveLength(1)
    syncs[0]?.resolve()
    await first
    await turn()
    expect([isOver, syncs.length]).toEqual([false, 2])
    syncs[1]?.resolve()
    await later
    expect(syncs).toHaveLength(2)
  })

  it('are not there for good where the disk fails, which those are told who waited for it', async () => {
    const { syncs, folder } = setUp()
    const first = folder.settle()
    const later = folder.settle()
    syncs[0]?.reject(coded('EIO'))
    await expect(first).rejects.toThrow('EIO')
    await turn()
    syncs[1]?.resolve()
    await later
  })

  it.each(['EINVAL', 'ENOTSUP'])('are left to the system where it cannot do it: %s', async (code) => {
    const { syncs, folder } = setUp()
    const settled = folder.settle()
    syncs[0]?.reject(coded(code))
    expect(await settled).toBeUndefined()
  })

  it('are synced by one open descriptor', async () => {
    const path = await tempFolder()
    const folder = await FolderSync.open(path)
    await Promise.all([folder.settle(), folder.settle()])
    await folder.close()
    expect(statSync(path).isDirectory()).toBe(true)
    await expect(FolderSync.open(join(path, 'none'))).rejects.toThrow('ENOENT')
  })
})
