// Every option of the command line: its flags, group, meaning and default. Help, parsing and the README's table follow from it.

import { progressModes } from '../observers/index.js'
import { fsyncModes } from '../sinks/disk-sync.js'
import { sinkFormats } from '../sinks/index.js'
import { sourceFormatNames, sourceFormats } from '../sources/index.js'

export type OptionGroup =
  | 'Input'
  | 'Request'
  | 'Pool'
  | 'Politeness'
  | 'Time'
  | 'Retry'
  | 'Output'
  | 'Verdict'
  | 'Display'
  | 'Safety'

export interface OptionRow {
  /** As commander reads them: `-w, --workers <n>`. */
  readonly flags: string
  readonly group: OptionGroup
  readonly meaning: string
  /** As one would type it; where there is none, `meaning` says what happens without. */
  readonly default?: string
  readonly repeats?: true
}

const names = (registry: Readonly<Record<string, unknown>>) => Object.keys(registry).join('|')
const helps = (registry: Readonly<Record<string, { readonly help: string }>>) =>
  Object.entries(registry)
    .map(([name, { help }]) => `${name}: ${help}`)
    .join('; ')

export const optionTable: readonly OptionRow[] = [
  {
    flags: `--input-format <${sourceFormatNames.join('|')}>`,
    group: 'Input',
    meaning: `how a list is read; auto: by extension, else by its first line; ${helps(sourceFormats)}`,
    default: 'auto',
  },
  {
    flags: '--default-scheme <http|https>',
    group: 'Input',
    meaning: 'for a line without a scheme (example.com/x)',
    default: 'https',
  },
  {
    flags: '--dedupe',
    group: 'Input',
    meaning: 'fetch each distinct request once; what repeats it gets a record that points to it',
  },
  {
    flags: '--shuffle [=seed]',
    group: 'Input',
    meaning: 'in random order, the same for the same seed (off); the list is read to its end first',
  },
  {
    flags: '--dry-run',
    group: 'Input',
    meaning: 'fetch nothing: say what the lists hold, and how long it takes at least',
  },
  { flags: '-X, --method <method>', group: 'Request', meaning: 'request method (GET, or POST with --data)' },
  {
    flags: '-H, --header <header>',
    group: 'Request',
    meaning: "'Name: value', sent to the listed origins only; @file reads them from a file, one a line",
    repeats: true,
  },
  {
    flags: '-d, --data <data>',
    group: 'Request',
    meaning: 'request body; @file reads it from a file, without its line ends; several are joined with &',
    repeats: true,
  },
  { flags: '-A, --user-agent <name>', group: 'Request', meaning: 'User-Agent (poolfetch/VERSION)' },
  {
    flags: '--max-redirects <n>',
    group: 'Request',
    meaning: 'hops to follow; 0 returns the redirect itself',
    default: '10',
  },
  { flags: '-k, --insecure', group: 'Request', meaning: 'accept any TLS certificate' },
  {
    flags: '--resolve <host:port:address>',
    group: 'Request',
    meaning: 'connect to this address for host and port',
    repeats: true,
  },
  { flags: '-w, --workers <n>', group: 'Pool', meaning: 'requests under way at a time', default: '10' },
  { flags: '--buffer <n>', group: 'Pool', meaning: 'URLs held in memory at a time', default: '10000' },
  {
    flags: '-r, --rate <rate>',
    group: 'Politeness',
    meaning: 'requests to each host, evenly spaced: 10/s, 600/m, 5000/h (no limit)',
  },
  { flags: '--per-host <n>', group: 'Politeness', meaning: 'requests to each host at a time (as many as workers)' },
  { flags: '--global-rate <rate>', group: 'Politeness', meaning: 'requests to all hosts together (no limit)' },
  {
    flags: '--host <rule>',
    group: 'Politeness',
    meaning: "limits of some hosts: 'api.example.com: rate=5/s, per-host=2'; *.example.com is all below it",
    repeats: true,
  },
  {
    flags: '--no-adaptive',
    group: 'Politeness',
    meaning: 'do not slow down for a host that answers 429 or 503, or tells its limit',
  },
  {
    flags: '--receipt <file>',
    group: 'Politeness',
    meaning: 'what was observed per host beside its limits, as JSON (none)',
  },
  {
    flags: '-t, --timeout <duration>',
    group: 'Time',
    meaning: "one attempt, from the request's start to its last body byte",
    default: '30s',
  },
  { flags: '--connect-timeout <duration>', group: 'Time', meaning: 'DNS, TCP and TLS together', default: '10s' },
  { flags: '--idle-timeout <duration>', group: 'Time', meaning: 'no byte received for so long (no limit)' },
  { flags: '--deadline <duration>', group: 'Time', meaning: 'the whole run (no limit)' },
  {
    flags: '--grace <duration>',
    group: 'Time',
    meaning: 'after the first SIGINT, SIGTERM or SIGHUP, for what is under way',
    default: '10s',
  },
  { flags: '--retries <n>', group: 'Retry', meaning: 'further attempts, for idempotent methods', default: '2' },
  { flags: '--retry-unsafe', group: 'Retry', meaning: 'retry POST and PATCH, too' },
  {
    flags: '--retry-budget <n%>',
    group: 'Retry',
    meaning: 'most retries, of all requests of the run, beyond the first 50',
    default: '20%',
  },
  {
    flags: '--breaker <duration>',
    group: 'Retry',
    meaning: 'give up a host that could not be reached for so long',
    default: '10s',
  },
  { flags: '--no-breaker', group: 'Retry', meaning: 'try every URL of a host that cannot be reached' },
  {
    flags: '--max-retry-after <duration>',
    group: 'Retry',
    meaning: 'a host that asks for a longer wait is not waited for',
    default: '2m',
  },
  { flags: '-o, --output <file>', group: 'Output', meaning: 'where the records go (standard output)' },
  { flags: '--overwrite', group: 'Output', meaning: 'replace an output file that is not empty, and saved bodies' },
  {
    flags: '--resume',
    group: 'Output',
    meaning: 'go on with the output of an earlier run of the same list: what has a record there is not fetched again',
  },
  {
    flags: '--retry-failed [=types]',
    group: 'Output',
    meaning: '--resume, and fetch again what failed: all, or these: timeout,dns,http_status',
  },
  {
    flags: `--fsync <${names(fsyncModes)}>`,
    group: 'Output',
    meaning: `when the output file is brought to the disk; ${Object.entries(fsyncModes)
      .map(([mode, help]) => `${mode}: ${help}`)
      .join('; ')}`,
    default: 'interval',
  },
  {
    flags: `-f, --format <${names(sinkFormats)}>`,
    group: 'Output',
    meaning: `${helps(sinkFormats)} (jsonl; table on a terminal)`,
  },
  { flags: '--fields <a,b,...>', group: 'Output', meaning: 'only these fields of the record, in this order (all)' },
  { flags: '--only <ok|failed>', group: 'Output', meaning: 'only these records (all)' },
  {
    flags: '--save <dir>',
    group: 'Output',
    meaning: 'save the body of every URL that is ok as a file of this folder (nowhere)',
  },
  { flags: '--hash <sha256>', group: 'Output', meaning: 'tell the hash of every whole body, decoded (none)' },
  {
    flags: '--include <headers,body>',
    group: 'Output',
    meaning: "put the last response's headers into the record, or its body, or both (neither)",
  },
  {
    flags: '--include-limit <size>',
    group: 'Output',
    meaning: 'how much of a body stands in its record, 10MiB at most',
    default: '64KiB',
  },
  {
    flags: '--max-size <size>',
    group: 'Output',
    meaning: 'largest body, as received and decoded: 500kB, 10MB, 1GiB',
    default: '100MiB',
  },
  {
    flags: '--accept <statuses>',
    group: 'Verdict',
    meaning: 'which statuses count as ok: 200-299,404',
    default: '200-399',
  },
  {
    flags: '--max-failures <n|n%>',
    group: 'Verdict',
    meaning: 'exit 0 while failures do not exceed this',
    default: '0',
  },
  { flags: '--fail-fast [=n]', group: 'Verdict', meaning: 'end the run at the n-th failure (off; n is 1)' },
  {
    flags: `--progress <auto|${names(progressModes)}>`,
    group: 'Display',
    meaning: `on standard error; auto: live on a terminal, elsewhere silent unless the exit code is not 0; ${helps(progressModes)}`,
    default: 'auto',
  },
  { flags: '-q, --quiet', group: 'Display', meaning: 'nothing on standard error, unless the exit code is 2 or 3' },
  { flags: '--color <auto|always|never>', group: 'Display', meaning: 'colour', default: 'auto' },
  { flags: '-v, --verbose', group: 'Display', meaning: 'say when and why a URL is tried again or redirected' },
  {
    flags: '--public-only',
    group: 'Safety',
    meaning: 'refuse addresses that are not public, whatever names or redirects lead there; --resolve is exempt',
  },
  {
    flags: '--allow-private-redirects',
    group: 'Safety',
    meaning: 'follow redirects from public addresses to private ones, which are refused otherwise',
  },
]
