import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most files wait for programs that they started: one more than there are processors keeps these busy.
    maxWorkers: availableParallelism() + 1,
  },
})
