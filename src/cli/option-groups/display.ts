// Options of the display: what people see on standard error.

import { progressModes } from '../../observers/index.js'
import { flag, oneOf } from '../readers.js'
import { helps, names, type OptionGroup } from './group.js'

export const displayOptions = {
  group: 'Display',
  rows: [
    {
      flags: `--progress <auto|${names(progressModes)}>`,
      meaning: `on standard error; auto: live on a terminal, elsewhere silent unless the exit code is not 0; ${helps(progressModes)}`,
      default: 'auto',
    },
    {
      flags: '-q, --quiet',
      meaning: 'nothing on standard error, unless the exit code is 2 or 3',
      inShort: 'nothing on standard error',
    },
    { flags: '--color <auto|always|never>', meaning: 'colour', default: 'auto' },
    {
      flags: '-v, --verbose',
      meaning: 'say when and why a URL is tried again or redirected',
      inShort: 'say when and why a URL is tried again',
    },
  ],
  readers: {
    progress: oneOf('auto', ...Object.keys(progressModes)),
    quiet: flag,
    color: oneOf('auto', 'always', 'never'),
    verbose: flag,
  },
} as const satisfies OptionGroup
