// A rate over all hosts together.

import { Spacing } from '../core/spacing.js'
import type { Gate } from '../types.js'

/** Requests of whatever host start at least `intervalMs` apart. */
export class GlobalRate extends Spacing implements Gate {}
