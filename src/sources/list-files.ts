// The lists that are read again: a few descriptors for any number of lists, and proof that a file is still the one that was read.

import { closeSync, fstatSync, openSync, type Stats } from 'node:fs'
import { InputError, systemCode } from '../core/errors.js'
import { unreadable } from './open.js'

/** A list as it was when it was first read. */
export interface ReadList {
  readonly path: string
  /** As shown in messages. */
  readonly name: string
  readonly file: FileIdentity
}

export type FileIdentity = Pick<Stats, 'dev' | 'ino' | 'size'>

interface OpenList {
  readonly fd: number
  users: number
}

export const mostOpenLists = 4

/**
 * From the first `hold` on there is at least one descriptor, which can be given up for another: reading again does not fail where
 * connections have taken all the others. The one used longest ago is given up first.
 */
export class ListFiles {
  readonly #find: (list: number) => ReadList | undefined
  /** By the place of the list among the lists; the one used last is last. */
  readonly #open = new Map<number, OpenList>()
  /** Those who wait for a descriptor are served in turn. */
  #turn: Promise<unknown> = Promise.resolve()
  #wakeNext: (() => void) | null = null

  /** `find` gives a list that was read, by its place among the lists. */
  constructor(find: (list: number) => ReadList | undefined) {
    this.#find = find
  }

  /** Makes sure that the list can be read again, as far as that can be told. */
  hold(list: number): boolean {
    if (this.#open.has(list)) return true
    if (this.#open.size > 0) return this.#find(list) !== undefined
    try {
      return this.#openList(list) !== undefined
    } catch {
      // There is another place for its tasks.
      return false
    }
  }

  /** Calls back with the list's descriptor, which is its own until it is done. Rejects with InputError where there is none. */
  async use<T>(list: number, read: (fd: number) => Promise<T>): Promise<T> {
    const acquired = this.#turn.then(() => this.#acquire(list))
    this.#turn = acquired.catch(() => {})
    const open = await acquired
    try {
      return await read(open.fd)
    } finally {
      open.users--
      this.#wakeNext?.()
    }
  }

  /** Only when nothing is read any more. */
  close(): void {
    for (const list of this.#open.keys()) this.#close(list)
  }

  async #acquire(list: number): Promise<OpenList> {
    for (;;) {
      const open = this.#open.get(list) ?? this.#openList(list)
      if (open !== undefined) {
        open.users++
        this.#open.delete(list)
        this.#open.set(list, open)
        return open
      }
      if (this.#closeIdle()) continue
      await new Promise<void>((resolve) => {
        this.#wakeNext = resolve
      })
      this.#wakeNext = null
    }
  }

  /** Undefined where another has to be closed first. */
  #openList(list: number): OpenList | undefined {
    if (this.#open.size >= mostOpenLists) return undefined
    try {
      const open = { fd: openAgain(this.#find(list)), users: 0 }
      this.#open.set(list, open)
      return open
    } catch (error) {
      const code = systemCode(error)
      if (this.#open.size > 0 && (code === 'EMFILE' || code === 'ENFILE')) return undefined
      throw unreadable(`${this.#find(list)?.name} again`, error)
    }
  }

  #closeIdle(): boolean {
    for (const [list, { users }] of this.#open) {
      if (users > 0) continue
      this.#close(list)
      return true
    }
    return false
  }

  #close(list: number): void {
    const open = this.#open.get(list)
    if (open === undefined) return
    this.#open.delete(list)
    closeSync(open.fd)
  }
}

export function changedError(name: string): InputError {
  return new InputError(`cannot read ${name} again: it was changed during the run`)
}

/** Opened and closed again in one go: no connection can take the descriptor in between. */
function openAgain(list: ReadList | undefined): number {
  if (list === undefined) throw new Error('no list that was read')
  const fd = openSync(list.path, 'r')
  if (isSame(list.file, fstatSync(fd))) return fd
  closeSync(fd)
  throw changedError(list.name)
}

/** A list may grow while it is read. */
function isSame(first: FileIdentity, now: FileIdentity): boolean {
  return now.dev === first.dev && now.ino === first.ino && now.size >= first.size
}
