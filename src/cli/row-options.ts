// `--url` and `--url-column`: what the rows of a list become.

import { UsageError } from '../core/errors.js'
import { createRowTemplate } from '../core/row-template.js'
import { isFailure, maskPassword, parseListedUrl } from '../core/target.js'
import type { TaskTemplate } from '../core/task.js'
import { exampleUrl } from '../core/url-template.js'

export interface RowOptions {
  readonly url?: string | undefined
  readonly urlColumn: string
}

/** The template of a run, for rows as well. Throws UsageError where no row can make a URL of `--url`. */
export function withRows(
  template: Omit<TaskTemplate, 'row'>,
  { url, urlColumn }: RowOptions,
  { url: urlName = '--url' }: Readonly<Partial<Record<'url', string>>> = {},
): TaskTemplate {
  const row = createRowTemplate(template, { url: url ?? null, urlColumn })
  const isWholeUrl = row.url !== null && row.url.startsWithValue
  const example = row.url === null || isWholeUrl ? null : parseListedUrl(exampleUrl(row.url), template.defaultScheme)
  if (example !== null && isFailure(example)) {
    const accepted = 'a URL with {name} where the value of a row goes'
    throw new UsageError(`${urlName} must be ${accepted}, got "${maskPassword(url ?? '')}": ${example.message}`)
  }
  return { ...template, row }
}
