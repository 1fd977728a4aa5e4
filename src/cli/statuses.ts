// Sets of HTTP statuses as one types them: `200-299,404,5xx`.

/** Undefined for what is no such set. */
export function parseStatuses(text: string): ((statusCode: number) => boolean) | undefined {
  const ranges: [number, number][] = []
  for (const part of text.split(',')) {
    const match = /^\s*(?:(\d{3})(?:-(\d{3}))?|([1-9])xx)\s*$/i.exec(part)
    if (!match) return undefined
    const [, from, to, century] = match
    const first = century ? Number(century) * 100 : Number(from)
    const last = century ? first + 99 : Number(to ?? from)
    if (first < 100 || last < first) return undefined
    ranges.push([first, last])
  }
  return (statusCode) => ranges.some(([first, last]) => statusCode >= first && statusCode <= last)
}
