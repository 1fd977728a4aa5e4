// Options become the parts of a run: the one place that knows which adapter serves which option.

import { systemClock } from '../clock.js'
import { adopted } from '../core/adopted.js'
import { Ending } from '../core/ending.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { SavedJar } from '../cookies/index.js'
import { Frontier } from '../core/frontier.js'
import { RetryBudget } from '../core/retry-budget.js'
import { Summary } from '../core/summary.js'
import { createObserver, type Display } from '../observers/index.js'
import { mostWaitingRecords, type RunParts } from '../pipeline.js'
import type { Fetcher, TaskStore } from '../types.js'
import { openArchive } from './archive.js'
import { authorizedTemplate } from './authorized-template.js'
import { checkReceipt } from './check-receipt.js'
import type { Comparison } from './comparison.js'
import { checkCompared, isCompared } from './compared.js'
import { wantsColor } from './color.js'
import { composeFetcher } from './compose-fetcher.js'
import { composeSink, withSize } from './compose-sink.js'
import { openCookies } from './cookie-jar.js'
import { checkDistinct } from './distinct-files.js'
import type { Environment } from './environment.js'
import { hostHeaders } from './host-headers.js'
import { type Intake, openIntake } from './intake.js'
import { checkKeptFields, mostKeptBytes, openKeep } from './keep.js'
import { shareFiles } from './open-files.js'
import type { Options } from './options.js'
import { composePoliteness, type Politeness } from './politeness.js'
import { composeRoutes } from './routes.js'
import { withRows } from './row-options.js'
import { type Telling, tellingOf } from './telling.js'
import { openTls } from './tls-choice.js'

export interface Run extends RunParts {
  readonly observer: Display
  readonly politeness: Politeness
  /** Leaves nothing behind of what memory had no room for. */
  readonly store: TaskStore
  /** To be saved at the end; null where none are kept. */
  readonly cookies: SavedJar | null
  /** The output that the run goes on with; null where it begins one. */
  readonly checkpoint: Checkpoint | null
  /** The earlier run that this one is compared with; null where there is none. */
  readonly changes: Comparison | null
}

/** Kept-alive connections that no request needs right now: of hosts that take turns. Over TLS they take 30 KB each. */
const idleConnections = 2000

/** Bodies in records that wait for a slow reader of the output, beside those that the workers hold. */
const waitingBodyBytes = 64 * 2 ** 20

/** Throws UsageError, InputError or SinkError; nothing was fetched or overwritten then. */
export async function compose(options: Options, lists: readonly string[], environment: Environment): Promise<Run> {
  const { env, stderr } = environment
  checkCompared(options)
  checkDistinct(options, environment.variables)
  checkKeptFields(options)
  const clock = systemClock
  const ending = new Ending(clock)
  const routes = composeRoutes(options, env, environment.variables)
  const common = { ...authorizedTemplate(options, environment.variables), defaultScheme: options.defaultScheme }
  const template = withRows(common, options, environment.variables)
  const tls = await openTls(options, environment.variables)
  const observer = await createObserver(options.progress, {
    stderr,
    color: wantsColor(options.color, env, stderr.isTTY === true),
    quiet: options.quiet,
    verbose: options.verbose,
    clock,
    env,
  })
  let checkpoint: Checkpoint | null = null
  const { preview, metaNames, store, dedupe, ...intake } = await openIntake(
    options,
    lists,
    {
      format: options.inputFormat,
      template,
      stdin: () => environment.stdin,
      wallNow: Date.now,
      countTotal:
        !options.quiet && options.progress !== 'none' && (stderr.isTTY === true || options.progress !== 'auto'),
      earlierOutcome: (id) => checkpoint?.outcome(id) ?? null,
    },
    ending.intake,
  )
  let { source } = intake
  const telling = tellingOf(options, { stderr, clock })
  const { notify, remark } = telling
  if (options.resume) {
    const earlier = await readOutput(options, lists, { preview, telling })
    checkpoint = earlier.opened
    if (earlier.saved !== null) source = adopted(source, earlier.saved, dedupe?.recall.bind(dedupe) ?? null)
  }
  const filesPerWorker = 1 + (options.save === undefined ? 0 : 1) + (options.warc === undefined ? 0 : 1)
  const { workers, idle } = shareFiles({ workers: options.workers, filesPerWorker, idle: idleConnections })
  if (options.verbose && routes.note !== null) notify(routes.note)
  if (workers < options.workers)
    remark(`ulimit -n leaves room for ${workers} connections: as many workers, not ${options.workers}`)
  const headersOfHosts = hostHeaders(options.host, environment.variables['host'])
  const cookies = await openCookies(options, lists, { clock, option: environment.variables['cookieJar'] })
  const changes = isCompared(options) ? await compare(options, lists, telling) : null
  const keep = await openKeep(options, ending)
  const userAgent = options.userAgent ?? `poolfetch/${environment.version}`
  const archive = await openArchive(options, {
    lists,
    ending,
    workers,
    userAgent,
    notify,
    environment,
    hostHeaders: headersOfHosts,
  })
  let opening: Promise<Fetcher> | undefined
  const openFetcher = () =>
    (opening ??= composeFetcher(options, {
      userAgent,
      routes: routes.options,
      maxIdleConnections: idle,
      tls,
      hostHeaders: headersOfHosts,
      cookies,
      keep,
      archive,
      changes,
    }))
  const politeness = composePoliteness(options, workers, routes.options.proxyFor)
  const { limiter, gate, hasLimits } = politeness
  await checkReceipt(options, lists)
  const sink = await composeSink(options, lists, {
    environment,
    live: observer.live,
    telling,
    checkpoint,
    metaNames,
    meanwhile: openFetcher,
  })
  return {
    source,
    store,
    cookies,
    checkpoint,
    dedupe,
    frontier: new Frontier({ capacity: options.buffer, workers, store, isEager: hasLimits, limiter, gate, clock }),
    politeness,
    fetcher: await openFetcher(),
    changes,
    sink: (await changes?.withState(sink)) ?? sink,
    observer,
    summary: new Summary(checkpoint?.earlier),
    ending,
    clock,
    policy: {
      accept: options.accept,
      maxRedirects: options.maxRedirects,
      allowPrivateRedirects: options.allowPrivateRedirects,
      retries: options.retries,
      retryUnsafe: options.retryUnsafe,
      maxRetryAfterMs: options.maxRetryAfter,
      isAdaptive: options.adaptive,
      retryBudget: new RetryBudget(options.retryBudget),
      random: Math.random,
    },
    workers,
    waitingRecords: waitingRecords(options),
    graceMs: options.grace,
    failFast: options.failFast ?? null,
    deadlineMs: options.deadline ?? null,
  }
}

function waitingRecords(options: Options): number {
  return Math.min(mostWaitingRecords, Math.ceil(waitingBodyBytes / Math.max(1, mostKeptBytes(options))))
}

/** The output that the run goes on with. */
async function readOutput(
  options: Options,
  lists: readonly string[],
  { preview, telling }: Pick<Intake, 'preview'> & { readonly telling: Telling },
) {
  const { findSaved, openCheckpoint } = await import('./checkpoint.js')
  return telling.unlessSlow(
    () => `reading ${withSize(options.output ?? '')} to go on from it`,
    async () => {
      const opened = await openCheckpoint(options, lists)
      await opened.compare(preview)
      return { opened, saved: options.save === undefined ? null : await findSaved(opened, options) }
    },
  )
}

async function compare(options: Options, lists: readonly string[], telling: Telling): Promise<Comparison> {
  const { openComparison } = await import('./comparison.js')
  return telling.unlessSlow(
    () => 'reading the earlier run to compare with it',
    () => openComparison(options, lists, telling),
  )
}
