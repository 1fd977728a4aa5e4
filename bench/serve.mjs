// The server and the lists of the comparison, for running a tool by hand. Ends with Ctrl-C.
//
// node bench/serve.mjs [FOLDER for the lists, bench/.out/lists]

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { urlOf, workloads } from './compare/workloads.mjs'
import { writeCurlConfig, writeList } from './lib/list.mjs'
import { hasNginx, startNginx } from './lib/nginx.mjs'
import { print } from './lib/report.mjs'

async function main(folder) {
  await mkdir(folder, { recursive: true })
  const nginx = await startNginx({ isEverywhere: true, isSecure: true })
  const status = setInterval(() => {}, 60_000)
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.once(name, () => {
      clearInterval(status)
      void nginx.stop()
    })
  }
  for (const { name, entries } of workloads({ isQuick: false })) {
    const { list } = entries[0]
    if (list === undefined) continue
    const path = join(folder, `${name}.txt`)
    await writeList(path, list.urls, urlOf(list, nginx))
    await writeCurlConfig(path, `${path}.curl`)
    print(`${name}: ${path}, and ${path}.curl for curl -K`)
  }
  print(`http on port ${nginx.httpPort}, https on ${nginx.httpsPort}; requests so far: curl ${nginx.origin}/status`)
}

if (hasNginx()) await main(process.argv[2] ?? fileURLToPath(new URL('.out/lists', import.meta.url)))
