// Text that is safe to show: control and invisible characters made visible.

// C0, DEL, C1, soft hyphen, zero-width and bidi controls, line and paragraph separators, BOM, lone surrogates, noncharacters.
const unprintable =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|\p{Surrogate}/gu

/**
 * Replaces every character that could move a cursor, change a terminal's state or hide text by its `\uXXXX` escape, so that
 * the result is one line of visible characters. Within a JSON document the escapes are JSON's own.
 */
export function escapeControls(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
