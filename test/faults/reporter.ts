// Prints the table of faults with what the tests of each row said, as Markdown.
//
// npx vitest run --reporter=./test/faults/reporter.ts

import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type FaultRow, faultTable } from './table.js'

const verdictNames = ['pass', 'FAIL', 'skip', 'not run'] as const
type Verdict = (typeof verdictNames)[number]

export default class FaultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const cases = modules.flatMap((module) => [...module.children.allTests()])
    const verdicts = faultTable.map((row) => [row, verdictOn(row, cases)] as const)
    const lines = verdicts.map(
      ([{ row, fault, expected, tests }, verdict]) =>
        `| ${row} | ${fault} | ${expected} | ${verdict} | ${filesOf(tests)} |`,
    )
    const sums = verdictNames
      .map((kind) => `${verdicts.filter(([, verdict]) => verdict === kind).length} ${kind}`)
      .join(', ')
    const table = ['| # | fault | expected | verdict | tests |', '|-|-|-|-|-|', ...lines].join('\n')
    const failed = cases
      .filter((test) => test.result().state === 'failed')
      .map(({ fullName }) => `failed: ${fullName}\n`)
    process.stdout.write(`${table}\n\n${sums}\n${failed.join('')}`)
  }
}

/** Fails where one test does; passes where one does and none fails. */
function verdictOn({ tests }: FaultRow, cases: readonly TestCase[]): Verdict {
  const states = tests.flatMap(([file, title]) =>
    cases
      .filter((test) => test.module.moduleId.endsWith(`/${file}`) && patternOf(title).test(test.fullName))
      .map((test) => test.result().state),
  )
  if (states.includes('failed')) return 'FAIL'
  if (states.includes('passed')) return 'pass'
  if (states.includes('skipped')) return 'skip'
  return 'not run'
}

/** A title as it stands in the source; what is filled in may be anything. */
function patternOf(title: string): RegExp {
  return new RegExp(
    title
      .trim()
      .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('%s', '.*'),
  )
}

const filesOf = (tests: FaultRow['tests']) => [...new Set(tests.map(([file]) => file))].join(', ')
