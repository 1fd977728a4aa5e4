// What the server of bench/kill.mjs answers, by the number of the URL.

/** Of so many bytes a body takes some writes, and is killed between them now and then. */
const longBytes = 300_000

/** Every 11th is not there. */
export function isFound(number) {
  return number % 11 !== 0
}

/** In pieces: every 3rd comes in chunks, every 13th is long. */
export function bodyOf(number) {
  const pieces = number % 3 === 0 ? ['first chunk', `second chunk ${number}`] : [`body ${number}`]
  return number % 13 === 0 ? [...pieces, 'x'.repeat(longBytes)] : pieces
}
