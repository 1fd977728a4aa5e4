// The few colours of what is shown; without colour, plain text.

type Paint = (text: string) => string

export interface Palette {
  readonly good: Paint
  readonly bad: Paint
  readonly odd: Paint
  readonly calm: Paint
  readonly bar: Paint
}

const unpainted: Paint = (text) => text

export const noColor: Palette = { good: unpainted, bad: unpainted, odd: unpainted, calm: unpainted, bar: unpainted }

export async function loadPalette(color: boolean): Promise<Palette> {
  if (!color) return noColor
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return { good: chalk.green, bad: chalk.red, odd: chalk.yellow, calm: chalk.dim, bar: chalk.cyan }
}
