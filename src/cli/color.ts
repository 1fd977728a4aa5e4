// Whether a stream is coloured: --color, then NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then whether it is a terminal.

export function wantsColor(
  option: 'auto' | 'always' | 'never',
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (option !== 'auto') return option === 'always'
  // no-color.org: present and not empty.
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR'] ?? env['CLICOLOR_FORCE']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTerminal && env['TERM'] !== 'dumb'
}
