// A row of a list becomes a task: its values go into the templates of the run.

import type { LineIdentity } from './finished.js'
import type { Failure, SourceItem } from '../types.js'
import { listedItem, listedUrl, sharedRequest } from './listed-request.js'
import type { RowValues } from './placeholders.js'
import { type LinePlace, rejectLine, type TaskTemplate } from './task.js'

export interface ListedRow {
  readonly values: RowValues
  /** Its own; without meaning where the run has a template for it. */
  readonly url: string
  /** As JSON, in one line. */
  readonly meta: string | null
}

export function rowItem(
  id: number,
  row: ListedRow,
  template: TaskTemplate,
  readAt: number,
  place?: LinePlace,
): SourceItem {
  const { url, failure } = urlOf(row, template)
  const filled = failure ?? filledTemplate(template, row.values)
  if ('type' in filled) return rejectLine(id, listedUrl(url), filled, template, readAt, row.meta)
  return listedItem(id, { url, meta: row.meta }, filled, readAt, place, template.request)
}

/** As its record has it. */
export function rowIdentity(row: ListedRow, template: TaskTemplate): LineIdentity {
  return { url: listedUrl(urlOf(row, template).url), meta: row.meta }
}

/** For a line that has a body of its own, that of the run is not filled in: it is not sent. */
export function filledTemplate(template: TaskTemplate, values: RowValues, hasBody = false): TaskTemplate | Failure {
  const { row } = template
  if (row === undefined) return template
  const request = hasBody ? template.request : row.request(values)
  if ('type' in request) return request
  const bodyRequest = hasBody ? row.bodyRequest(values) : template.bodyRequest
  if (bodyRequest !== undefined && 'type' in bodyRequest) return bodyRequest
  if (request === template.request && bodyRequest === template.bodyRequest) return template
  return { ...template, request: sharedRequest(request, template), ...(bodyRequest && { bodyRequest }) }
}

/** Where no URL can be made, the template stands for it. */
function urlOf({ url, values }: ListedRow, { row }: TaskTemplate): { url: string; failure: Failure | null } {
  if (row === undefined || row.url === null) return { url, failure: null }
  const filled = row.url.fill(values)
  return typeof filled === 'string' ? { url: filled, failure: null } : { url: row.url.text, failure: filled }
}
