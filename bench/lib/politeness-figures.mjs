// What every scenario shows of its runs: that their accounts agree, and that the server saw the limits kept.

import { mostWithin } from './arrivals.mjs'
import { figure } from './figures.mjs'

/** A second, less what one request may be longer on its way to be noted than another: a busy server notes late. */
const spanMs = 990

/** @param {string} scenario @param {object[]} runs as `runPoolfetch` returns them */
export function politenessFigures(scenario, runs) {
  const problems = runs.reduce((sum, run) => sum + run.problems.length, 0)
  const figures = [
    figure({
      name: `${scenario}: disagreements of records, receipt and server`,
      measured: problems,
      atMost: 0,
      digits: 0,
    }),
  ]
  const busiest = runs.flatMap(busiestOf).toSorted((a, b) => b.most / b.rate - a.most / a.rate)[0]
  if (busiest === undefined) return figures
  const { most, rate } = busiest
  const name = `${scenario}: most requests to a host in any ${spanMs} ms, by the server, less its limit a second`
  return [...figures, figure({ name, measured: most - rate, atMost: 1, digits: 0, isNoisy: true })]
}

function busiestOf({ receipt, arrivals }) {
  return receipt.hosts
    .filter((row) => row.rate_limit_per_s !== null && arrivals.hosts.has(row.host))
    .map((row) => ({ most: mostWithin(spanMs, arrivals.hosts.get(row.host).cameAt), rate: row.rate_limit_per_s }))
}
