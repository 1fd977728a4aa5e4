// The report of a run as it may be shown: URLs and messages without what looks like a secret.

import { maskText, maskUrl } from '../core/secrets.js'
import type { RunReport } from '../types.js'

export function maskedReport(report: RunReport): RunReport {
  return {
    ...report,
    failures: report.failures.map(({ example, ...group }) => ({
      ...group,
      example:
        example === null ? null : { ...example, url: maskUrl(example.url), message: maskedOrNull(example.message) },
    })),
    firstFailures: report.firstFailures.map((result) => ({
      ...result,
      url: maskUrl(result.url),
      final_url: result.final_url === null ? null : maskUrl(result.final_url),
      error_message: maskedOrNull(result.error_message),
    })),
  }
}

function maskedOrNull(message: string | null): string | null {
  return message === null ? null : maskText(message)
}
