// All types that the parts of the pool share, from one place. No code.

export type * from './data.js'
export type * from './kept.js'
export type * from './ports.js'
export type * from './report.js'
