// Whether the list, the records, the exit code, the receipt and the server's own log tell the same story of a run.

/** What does not add up, in words; empty where all does. */
export function accountProblems(run) {
  return [...recordProblems(run), ...receiptProblems(run), ...serverProblems(run)]
}

function* recordProblems({ urls, records, exitCode }) {
  const { count, missing, repeated, unknown, failed } = records
  if (count !== urls) yield `${urls} URLs listed, ${count} records`
  if (missing + repeated + unknown > 0) yield `ids: ${missing} missing, ${repeated} repeated, ${unknown} unknown`
  if (exitCode !== (failed > 0 ? 1 : 0)) yield `exit ${exitCode} with ${failed} failed`
}

/** The receipt's own bounds hold exactly: its times are those that the limiter goes by. */
function* receiptProblems({ receipt, records }) {
  if (receipt.violation_count > 0) yield `${receipt.violation_count} violations, first: ${receipt.violations[0]}`
  for (const row of receipt.hosts) {
    const { host, most_per_second: most, rate_limit_per_s: rate, peak_in_flight: peak, per_host_limit: limit } = row
    const attempts = records.byHost.get(host)?.attempts
    if (attempts !== row.requests) yield `${host}: ${attempts} attempts in the records, ${row.requests} in the receipt`
    if (!row.kept && receipt.violation_count === 0) yield `${host}: not kept, without a violation`
    if (rate !== null && most > rate + 1) yield `${host}: ${most} in a second, where ${rate} may be`
    if (limit !== null && peak > limit) yield `${host}: ${peak} in flight, where ${limit} may be`
  }
}

function* serverProblems({ receipt, arrivals, unreachable }) {
  const rows = new Map(receipt.hosts.map((row) => [row.host, row]))
  for (const [host, { cameAt, peakInFlight, refused }] of arrivals.hosts) {
    const row = rows.get(host)
    if (row === undefined) {
      yield `${host}: ${cameAt.length} requests came, and it is not in the receipt`
      continue
    }
    const isSame = unreachable.includes(host) ? cameAt.length <= row.requests : cameAt.length === row.requests
    if (!isSame) yield `${host}: ${row.requests} requests in the receipt, ${cameAt.length} came`
    if (refused !== row.status_429) yield `${host}: ${row.status_429} times 429 in the receipt, ${refused} sent`
    if (peakInFlight > row.peak_in_flight)
      yield `${host}: ${row.peak_in_flight} in flight in the receipt, ${peakInFlight} were`
  }
}
