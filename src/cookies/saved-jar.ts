// A jar that stands in a file: what changes is saved within seconds, for a process that is killed to lose no more.

import type { Clock, CookieJar, Target, TimerHandle } from '../types.js'
import { type JarFileName, readJarFile, writeJarFile } from './jar-file.js'
import { MemoryJar } from './memory-jar.js'

export interface SavedJarOptions extends JarFileName {
  readonly clock: Clock
  /** Wall clock, ms since the epoch. */
  readonly wallNow: () => number
}

const saveEveryMs = 3000

/** @throws {UsageError} where the file is no cookie file, or cannot be read or replaced */
export async function openSavedJar(options: SavedJarOptions): Promise<SavedJar> {
  const cookies = await readJarFile(options)
  return new SavedJar(options, (onChange) => new MemoryJar(cookies, { wallNow: options.wallNow, onChange }))
}

export class SavedJar implements CookieJar {
  readonly #options: SavedJarOptions
  readonly #jar: MemoryJar
  #timer: TimerHandle | null = null
  #saving: Promise<void> = Promise.resolve()
  #isChanged = false

  constructor(options: SavedJarOptions, fill: (onChange: () => void) => MemoryJar) {
    this.#options = options
    this.#jar = fill(() => this.#onChange())
  }

  header(target: Target): string | null {
    return this.#jar.header(target)
  }

  store(target: Target, setCookies: readonly string[]): void {
    this.#jar.store(target, setCookies)
  }

  /** Saves what has changed; called once, when nothing is stored any more. Rejects with SinkError where it cannot be. */
  async close(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    await this.#saving
    await this.#save()
  }

  #onChange(): void {
    this.#isChanged = true
    this.#timer ??= this.#options.clock.schedule(() => {
      this.#timer = null
      // Where it cannot be written now, it may be later, and at the end that is told.
      this.#saving = this.#saving.then(() => this.#save()).catch(() => {})
    }, saveEveryMs)
  }

  async #save(): Promise<void> {
    if (!this.#isChanged) return
    this.#isChanged = false
    try {
      await writeJarFile(this.#options, this.#jar.cookies())
    } catch (error) {
      this.#isChanged = true
      throw error
    }
  }
}
