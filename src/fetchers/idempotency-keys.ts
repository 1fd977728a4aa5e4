// Gives requests that must not be carried out twice a key of their own, by which a server knows them again.

import { createHash } from 'node:crypto'
import { idempotencyField, idempotencyText, isIdempotent, keyOf } from '../core/idempotency.js'
import type { Fetcher, FetchTask } from '../types.js'

/**
 * The key is worked out of the line: retries have the same, and so has a later run that goes on with the list, with nothing to be
 * stored for it. The header is bare: the draft has it in quotes, the APIs that have the header (Stripe's was the first) have it
 * without, and some take the quotes for a part of the key, or for a key that is no UUID. A header that the caller set stays as it is.
 *
 * @param name of the batch: under another one the same list is sent anew
 */
export function withIdempotencyKeys(fetcher: Fetcher, name: string): Fetcher {
  return {
    fetch: (task, signal, onStart) => {
      // A later hop goes on with what the redirect left of it: nothing, where that led to another origin.
      if (task.redirects === 0 && !isIdempotent(task.request)) addKey(task, name)
      return fetcher.fetch(task, signal, onStart)
    },
    close: () => fetcher.close(),
  }
}

function addKey(task: FetchTask, name: string): void {
  const { request } = task
  const hash = createHash('sha256').update(idempotencyText(name, task))
  if (request.body !== null) hash.update(request.body)
  task.request = { ...request, headers: [...request.headers, [idempotencyField, keyOf(hash.digest())]] }
}
