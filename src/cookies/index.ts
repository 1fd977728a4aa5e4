// Cookies that are kept from response to request, and from run to run. What reads and understands them is loaded when it is needed.

import type { SavedJar, SavedJarOptions } from './saved-jar.js'

export type { SavedJar, SavedJarOptions } from './saved-jar.js'

/** @throws {UsageError} where the file is no cookie file, or cannot be read or replaced */
export async function openCookieJar(options: SavedJarOptions): Promise<SavedJar> {
  const { openSavedJar } = await import('./saved-jar.js')
  return openSavedJar(options)
}
