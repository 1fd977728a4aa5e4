// Text cut and padded to columns of a terminal, where a character takes none, one or two.

/** The mark of what was left out. It takes one column. */
const ellipsis = '…'

/** Of a shortened URL, this share is kept for its end. */
const urlEndShare = 1 / 3

/** Fewer have no room for the scheme. */
const narrowColumns = 32

/** More code units than that are never put into one column. */
const unitsPerColumn = 16

const asciiOnly = /^[\u0020-\u007e]*$/

/** Text must hold no control characters. */
export interface Fitter {
  /** The columns that a text takes. */
  width(text: string): number
  /** The text, its end left out where it is too wide. */
  cutEnd(text: string, columns: number): string
  /** The URL, its middle left out where it is too wide: scheme, host and end are what tells URLs apart. */
  cutUrl(url: string, columns: number): string
  /** The text and spaces up to so many columns. */
  pad(text: string, columns: number): string
}

/** @param width the columns that a text takes: string-width's, which is loaded by those who show something to a person */
export function createFitter(width: (text: string) => number): Fitter {
  const segmenter = new Intl.Segmenter()

  /** The longest beginning of at most so many columns. */
  function beginningOf(text: string, columns: number): string {
    if (asciiOnly.test(text)) return text.slice(0, columns)
    let end = 0
    let used = 0
    // Far more than fits, as below.
    for (const { index, segment } of segmenter.segment(text.slice(0, unitsPerColumn * (columns + 1)))) {
      used += width(segment)
      if (used > columns) break
      end = index + segment.length
    }
    return text.slice(0, end)
  }

  /** The longest end of at most so many columns. */
  function endOf(text: string, columns: number): string {
    if (asciiOnly.test(text)) return text.slice(Math.max(0, text.length - columns))
    // Far more than fits: a line may be 64 KiB long.
    const segments = [...segmenter.segment(text.slice(-unitsPerColumn * (columns + 1)))]
    let kept = ''
    let used = 0
    for (const { segment } of segments.toReversed()) {
      used += width(segment)
      if (used > columns) break
      kept = segment + kept
    }
    return kept
  }

  function cutEnd(text: string, columns: number): string {
    if (columns < 1) return ''
    return fits(text, columns) ? text : beginningOf(text, columns - 1) + ellipsis
  }

  function cutUrl(listed: string, columns: number): string {
    if (fits(listed, columns)) return listed
    const url = columns < narrowColumns ? listed.replace(/^https?:\/\//i, '') : listed
    if (fits(url, columns)) return url
    const origin = /^(?:[a-z]+:\/\/)?[^/?#]*\/?/i.exec(url)?.[0] ?? url
    const head = beginningOf(origin, Math.ceil((columns - 1) * (1 - urlEndShare)))
    return head + ellipsis + endOf(url, columns - 1 - width(head))
  }

  // Not measured where anything fits, that is elsewhere than on a terminal.
  function fits(text: string, columns: number): boolean {
    return columns === Infinity || (!isFarTooLong(text, columns) && width(text) <= columns)
  }

  function pad(text: string, columns: number): string {
    return isFarTooLong(text, columns) ? text : text + ' '.repeat(Math.max(0, columns - width(text)))
  }

  // Measuring the width of 64 KiB that are not ASCII takes half a second.
  function isFarTooLong(text: string, columns: number): boolean {
    return text.length > unitsPerColumn * (columns + 1)
  }

  return { width, cutEnd, cutUrl, pad }
}
