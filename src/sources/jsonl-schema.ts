// The schema of a line of a JSON Lines list, for whoever makes such lists. Lines are read by hand (jsonl-line.ts): zod is for those who ask.

import { z } from 'zod'

const text = z.string()

export const listLineSchema = z
  .strictObject({
    url: text.describe('without a scheme it gets --default-scheme'),
    method: text.optional().describe('a token; else that of -X, else POST with a body and GET without'),
    headers: z
      .record(text, z.union([text, z.array(text)]))
      .optional()
      .describe('in place of those of -H with the same name; an array is sent as several fields'),
    body: z
      .json()
      .optional()
      .describe(
        'in place of -d: a string is sent as it is, null is none, anything else is sent as it stands in the line, as application/json',
      ),
    body_base64: z.base64().optional().describe('instead of body: bytes'),
    meta: z.json().optional().describe('data of your own, which the record brings back as it is'),
    timeout: text
      .regex(/^\d+(?:\.\d+)?(?:ms|[smh])$/)
      .optional()
      .describe('in place of --timeout: 500ms, 30s, 5m'),
    retries: z.number().int().min(0).max(100).optional().describe('in place of --retries'),
  })
  .describe('A line of a JSON Lines list: one request.')

/** Its JSON Schema (draft 2020-12), as `poolfetch schema input` prints it. */
export function listLineJsonSchema(): object {
  return z.toJSONSchema(listLineSchema)
}
