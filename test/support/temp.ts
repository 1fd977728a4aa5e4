// Files of a test, in a folder of its own that goes when the test is over.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'poolfetch-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The path of a new file with this content. */
export async function tempFile(content: string | Uint8Array, name = 'urls.txt'): Promise<string> {
  const path = join(await tempFolder(), name)
  await writeFile(path, content)
  return path
}
