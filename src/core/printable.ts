// Text that is safe to show: control and invisible characters made visible.

// Controls, lone surrogates, line and paragraph separators, what Unicode says to be invisible (zero-width, bidi, tags, fillers),
// interlinear annotation, noncharacters.
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\ufffe\uffff]/gu

/**
 * Replaces every character that could move a cursor, change a terminal's state or hide text by its `\uXXXX` escapes, so that
 * the result is one line of visible characters. Within a JSON document the escapes are JSON's own.
 */
export function escapeControls(text: string): string {
  return text.replace(unprintable, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join(''),
  )
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
