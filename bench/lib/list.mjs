// Writes the lists that are fetched, line by line, and reads how many records came of them.

import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'

/** @param {(index: number) => string} urlOf from 1 */
export async function writeList(path, count, urlOf) {
  const out = createWriteStream(path)
  for (let index = 1; index <= count; index++) {
    if (!out.write(`${urlOf(index)}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}

/** The same list as `curl -K` takes it. Bodies are thrown away. */
export async function writeCurlConfig(listPath, path) {
  const out = createWriteStream(path)
  for await (const url of createInterface({ input: createReadStream(listPath) })) {
    if (!out.write(`url = "${url}"\noutput = "/dev/null"\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}

export async function countLines(path) {
  let lines = 0
  for await (const chunk of createReadStream(path)) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
  }
  return lines
}
