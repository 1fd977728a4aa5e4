// Quantities as people write and read them: durations, sizes, rates, counts.

/** Timers of the event loop take a longer time, in ms, for 1 ms. */
export const longestTimerMs = 2 ** 31 - 1

const msPerUnit = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

const bytesPerUnit = new Map([
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
])

/** `500ms`, `30s`, `1.5m`, `2h` in ms; undefined for anything else, also for zero. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)(ms|[smh])$/.exec(text)
  return parts ? positive(Number(parts[1]) * (msPerUnit.get(parts[2] ?? '') ?? 0)) : undefined
}

/** `1024`, `10kB`, `1.5MiB` in bytes; undefined for anything else, also for less than one byte. */
export function parseSize(text: string): number | undefined {
  if (/^\d+$/.test(text)) return wholeBytes(Number(text))
  const parts = /^(\d+(?:\.\d+)?)([kMG]B|[KMG]iB)$/.exec(text)
  return parts ? wholeBytes(Number(parts[1]) * (bytesPerUnit.get(parts[2] ?? '') ?? 0)) : undefined
}

/** `10/s`, `600/m`, `0.5/h` as the ms between two requests; undefined for anything else, also for zero. */
export function parseRate(text: string): { readonly intervalMs: number } | undefined {
  const parts = /^(\d+(?:\.\d+)?)\/([smh])$/.exec(text)
  const intervalMs = parts ? positive((msPerUnit.get(parts[2] ?? '') ?? 0) / Number(parts[1])) : undefined
  return intervalMs === undefined ? undefined : { intervalMs }
}

/** `12ms`, `1.24s`, `24.3s`, `1m03s`, `2h05m`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)}ms`
  if (ms < 9995) return `${(ms / 1000).toFixed(2)}s`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`
  return formatSeconds(ms)
}

/** The same without fractions, for what changes while one looks at it: `10s`, `1m03s`, `2h05m`. */
export function formatSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${twoDigits(seconds % 60)}s`
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`
}

/** As one would give it as an option: `250ms`, `1.5s`, `30s`, `2m`; more than days to come are days. */
export function formatExactDuration(ms: number): string {
  if (ms >= 100 * 3_600_000) return `${formatCount(Math.round(ms / 86_400_000))} days`
  for (const [unit, msOfUnit] of [...msPerUnit].toReversed()) {
    if (ms >= msOfUnit && (ms * 10) % msOfUnit === 0 && (ms % msOfUnit === 0 || unit === 's'))
      return `${ms / msOfUnit}${unit}`
  }
  return formatDuration(ms)
}

/** As one would give it as an option: `100MiB`, `10MB`, `65537 bytes`. */
export function formatExactSize(bytes: number): string {
  for (const [unit, bytesOfUnit] of [...bytesPerUnit].toReversed()) {
    if (bytes % bytesOfUnit === 0) return `${bytes / bytesOfUnit}${unit}`
  }
  return `${bytes} bytes`
}

/** As on a clock: `0:12`, `12:03`, `1:02:03`. */
export function formatClock(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`
}

/** In decimal units: `512 B`, `1.5 kB`, `18.2 MB`, `412 GB`. */
export function formatBytes(bytes: number): string {
  if (Math.round(bytes) < 1000) return `${Math.round(bytes)} B`
  const units = ['kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`
}

/** With thousands apart: `5,214`. */
export function formatCount(count: number): string {
  return count.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Per second, or per minute or hour where it is slow: `5,214/s`, `1.5/s`, `3/m`. */
export function formatRate(perSecond: number): string {
  if (perSecond <= 0) return '0/s'
  if (perSecond >= 0.1) return `${fewDigits(perSecond)}/s`
  if (perSecond * 60 >= 0.1) return `${fewDigits(perSecond * 60)}/m`
  return `${fewDigits(perSecond * 3600)}/h`
}

function fewDigits(value: number): string {
  return value >= 9.95 ? formatCount(value) : value.toFixed(1).replace(/\.0$/, '')
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

function positive(value: number): number | undefined {
  return value > 0 && Number.isFinite(value) ? value : undefined
}

function wholeBytes(value: number): number | undefined {
  const bytes = Math.round(value)
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined
}
