// A line for every attempt that is not a plain first success.

import { escapeControls } from '../core/printable.js'
import { maskText, maskUrl } from '../core/secrets.js'
import { formatDuration } from '../core/units.js'
import type { Attempt, FetchTask, Next, RetryCause } from '../types.js'

export function attemptLine(task: FetchTask, attempt: Attempt, next: Next): string | null {
  const what = outcome(task, attempt, next)
  return what === null ? null : escapeControls(`poolfetch: #${task.id} ${maskUrl(task.url)} ${maskText(what)}`)
}

function outcome(task: FetchTask, attempt: Attempt, next: Next): string | null {
  const tried = `attempt ${1 + task.retries + task.pushbacks}`
  switch (next.kind) {
    case 'redirect':
      return `redirect ${attempt.statusCode} to ${maskUrl(next.target.href)}`
    case 'retry': {
      const when = next.delayMs > 0 ? `again in ${formatDuration(next.delayMs)}` : 'again at once'
      return `${tried}: ${whyAgain(attempt, next.cause)}; ${when}`
    }
    case 'done': {
      if (next.failure) return `${tried}: ${next.failure.type} ${next.failure.code}: ${next.failure.message}`
      const isPlain = task.retries + task.pushbacks === 0 && task.redirects === 0 && !task.freeRetryUsed
      return isPlain ? null : `${tried}: ok, status ${attempt.statusCode}`
    }
    default:
      return null
  }
}

function whyAgain({ failure, statusCode }: Attempt, cause: RetryCause): string {
  if (cause === 'stale') return 'the kept-alive connection was closed'
  if (cause === 'declined') return 'the server took no more requests on that connection'
  if (cause === 'exhausted') return 'out of sockets or file descriptors'
  return failure ? `${failure.type} ${failure.code}` : `http_status HTTP_${statusCode}`
}
