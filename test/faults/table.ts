// The faults that a run may meet, what becomes of each, and the tests that hold it.

export interface FaultRow {
  readonly row: number
  readonly fault: string
  readonly expected: string
  /** Test files, and what the title of the test has in it. */
  readonly tests: readonly (readonly [file: string, title: string])[]
}

type Reference = `${string}: ${string}`

function row(number: number, fault: string, expected: string, ...references: readonly Reference[]): FaultRow {
  const tests = references.map((reference) => {
    const at = reference.indexOf(': ')
    return [`test/${reference.slice(0, at)}.test.ts`, reference.slice(at + 2)] as const
  })
  return { row: number, fault, expected, tests }
}

const exchange = 'fetchers/exchange'
const failure = 'fetchers/failure'

const lists = [
  row(
    1,
    'a list that is missing, a directory or not readable',
    'exit 2 and one line',
    'cli/run: is exit 2 and one line',
    'sources/open: for want of permission says so',
  ),
  row(2, 'an empty list', 'exit 0, nothing printed', 'cli/run: ends with 0 on an empty list'),
  row(3, 'a BOM', 'stripped, at the start of a list only', 'sources/open: strips a BOM from the start of every list'),
  row(
    4,
    'CRLF, a lone CR, no last line end',
    'the same URLs',
    'sources/text: ends a line with LF, CRLF or CR',
    'sources/text: counts a last line without an end',
  ),
  row(5, 'UTF-16', 'exit 2, and it says so', 'cli/run: is UTF-16: exit 2'),
  row(6, 'a line that is not UTF-8', 'invalid_url for it alone', 'cli/run: makes a record of a line that is no text'),
  row(7, 'U+2028 in a line', 'no line end', 'sources/text: does not end a line at U+2028'),
  row(8, 'one endless line', 'invalid_url, in little memory', 'faults/input: #8 '),
  row(9, 'blank lines and comments', 'skipped, without an id', 'sources/lines: blank lines and comments taking none'),
  row(
    10,
    'other schemes; none',
    'invalid_url; the default one',
    'faults/input: #10 ',
    'cli/run: gives a line without a scheme the default one',
  ),
  row(
    11,
    'a bad name, port or IPv6 address',
    'invalid_url with the text as listed',
    'faults/input: #11 ',
    'core/target: is refused where its host is none',
  ),
  row(12, 'duplicates', 'a record each', 'faults/input: #12 '),
  row(
    13,
    'credentials in a URL',
    'sent to its origin, shown as ***',
    "cli/run: leaves the caller's headers and credentials",
  ),
  row(
    14,
    'a standard input that never ends',
    'records come meanwhile',
    'cli/ends: ends a run that waits for a list that never ends',
  ),
  row(15, 'a list without end', 'no more memory', 'faults/input: #15 ', 'sources/lines: stays flat while'),
]

const connections = [
  row(16, 'a name that does not exist', 'dns, final', 'faults/name: #16 '),
  row(17, 'no name server', 'dns, tried again', 'faults/name: #17 '),
  row(18, 'a slow name server', 'the rest goes on', 'faults/name: #18 '),
  row(19, 'a name without an address', 'dns', 'faults/name: #19 ', `${failure}: is an answer without an address`),
  row(20, 'nobody listens', 'connect', `${failure}: is a port on which nobody listens`),
  row(
    21,
    'nobody answers',
    'timeout of the connection, on time',
    'fetchers/timeouts: holds for an address that does not answer',
  ),
  row(
    22,
    'the first address is dead',
    'the next one serves',
    `${exchange}: tries its next address when the first is dead`,
  ),
  row(
    23,
    'all addresses are dead',
    'connect, each of them named',
    `${failure}: names every address of a name when all are dead`,
  ),
  row(
    24,
    'a reset on accept',
    'network or connect, tried again',
    'faults/connect: #24 ',
    `${failure}: is a reset as soon as the connection is accepted`,
  ),
  row(25, '100 hosts and 64 open files', 'all succeed', 'faults/connect: #25 '),
  row(26, 'ports that browsers block', 'not blocked', 'faults/connect: #26 '),
  row(
    27,
    'a certificate that nobody vouches for',
    'tls, final',
    `${failure}: is a certificate that nobody vouches for`,
  ),
  row(28, 'a certificate that has expired or is not yet valid', 'tls, final', 'faults/tls: #28'),
  row(29, 'a certificate for another name', 'tls, final', 'faults/tls: #29'),
  row(
    30,
    'TLS 1.1 only; no cipher in common',
    'tls, final',
    'faults/tls: #30 ',
    `${failure}: is a version that is too old`,
  ),
  row(31, 'https to a port without TLS', 'tls, with a hint', `${failure}: is a server that does not speak it`),
  row(
    32,
    'a handshake that stalls',
    'timeout of the connection',
    'fetchers/timeouts: holds for a handshake that stalls',
  ),
  row(
    33,
    'a handshake that is broken off',
    'tls, tried again',
    `${failure}: is a handshake that the server breaks off`,
  ),
  row(34, 'a client certificate is wanted', 'tls with a hint, final', 'faults/tls: #34 '),
  row(35, 'http to a TLS port', 'protocol, or network where it just hangs up', `${failure}: is http to a TLS port`),
]

const heads = [
  row(36, 'a banner; HTTP/0.9', 'protocol', `${failure}: an SSH banner`, `${failure}: HTTP/0.9`),
  row(
    37,
    'lines that end with LF alone',
    'protocol (curl takes them)',
    'faults/response: #37',
    `${failure}: lines that end with LF alone`,
  ),
  row(38, 'more header than 64 KiB', 'protocol', `${failure}: headers of 70 KB`),
  row(
    39,
    'a space before a colon, a folded value, NUL',
    'protocol',
    'faults/response: #39',
    `${failure}: a space before the colon`,
    `${failure}: NUL in a header`,
  ),
  row(40, 'two lengths, equal or not', 'protocol', `${failure}: equal lengths`, `${failure}: different lengths`),
  row(41, 'a length and chunks', 'protocol', `${failure}: length and chunks`),
  row(
    42,
    'a 100 or 101 that nobody asked for',
    'protocol',
    `${failure}: a 100 nobody asked for`,
    `${failure}: a bare 101`,
  ),
  row(43, '103, and 50 times 102', 'ok', `${exchange}: follows interim responses`),
  row(44, 'interim responses without end', 'timeout in total', 'fetchers/timeouts: endless interim responses'),
  row(
    45,
    'status 999, HTTP/1.0, no reason',
    'ok where accepted',
    'faults/response: #45',
    `${exchange}: may be HTTP/1.0, lack a reason`,
  ),
  row(46, '1,500 header fields', 'ok', `${exchange}: may have 1,500 header fields`),
]

const bodies = [
  row(
    47,
    'a body shorter than promised, a cut chunk',
    'network, tried again',
    'faults/response: #47 ',
    `${failure}: half a body`,
  ),
  row(
    48,
    'bytes after the body',
    'ok, and no answer to the next request',
    'fetchers/connections: is given up with what comes unasked for',
    'torture/fuzz: takes any response for what it is',
  ),
  row(49, '204 and 304 with a length', 'ok, empty', `${exchange}: 204 with a length`, `${exchange}: 304 with a length`),
  row(50, 'a bad or huge chunk size', 'protocol', `${failure}: a bad chunk size`, `${failure}: a huge chunk size`),
  row(
    51,
    'a body that unpacks to much more',
    'too_large',
    'fetchers/response-body: small as received and large as decoded',
    'cli/run: holds the size cap',
  ),
  row(52, 'six codings', 'decode', 'fetchers/response-body: fails where it is coded more than twice'),
  row(53, 'coded data cut short, or with junk behind it', 'decode', 'fetchers/response-body: fails where it is broken'),
  row(
    54,
    'deflate without the header of zlib',
    'decoded',
    'fetchers/response-body: is counted as received and as decoded',
  ),
  row(
    55,
    'HEAD with a coding; an empty coded body',
    'ok, 0 bytes',
    `${exchange}: HEAD with a coding`,
    'fetchers/response-body: may be empty',
  ),
  row(
    56,
    'a body that never ends',
    'too_large, and the connection closed',
    'fetchers/response-body: ends a body that never ends',
  ),
  row(
    57,
    'an end right behind a large body, while the process is busy',
    'ok',
    `${failure}: does no harm by ending right after a large body`,
  ),
]

const redirects = [
  row(58, 'A to B to A', 'redirect after ten hops', 'faults/response: #58 '),
  row(59, 'a URL that redirects to itself and sets a cookie', 'redirect after ten hops', 'faults/response: #59 '),
  row(60, 'no Location, or an empty one', 'the 3xx is final', 'core/decide: is done with a 3xx without Location'),
  row(
    61,
    'a Location that cannot be parsed; two of them',
    'redirect',
    'core/redirect: not to ',
    'core/redirect: nowhere, where two different Locations',
  ),
  row(62, 'to file:, ftp:, data:', 'redirect', 'core/redirect: not to '),
  row(
    63,
    'to another port or host',
    'credentials stay behind',
    'core/redirect: only what the caller said of accepted answers',
    "cli/run: leaves the caller's headers and credentials",
  ),
  row(
    64,
    'A to B and back',
    'credentials stay away',
    'core/redirect: nothing more when a later hop leads back',
    "cli/run: leaves the caller's headers and credentials",
  ),
  row(65, 'to another scheme', 'as to another origin', 'core/redirect: only what the caller said of accepted answers'),
  row(
    66,
    'a redirect with a body without end',
    'the next hop starts at once',
    `${exchange}: does not wait for a body that never ends`,
  ),
]

const runs = [
  row(
    67,
    'no head, or one that drips',
    'timeout',
    'fetchers/timeouts: before the head',
    'fetchers/timeouts: a head that drips',
  ),
  row(68, 'a body that stalls', 'timeout for want of bytes', 'fetchers/timeouts: in the body'),
  row(
    69,
    'a byte every now and then',
    'timeout in total',
    'fetchers/timeouts: a body of one byte at a time',
    'cli/run: holds the total timeout against a body that drips',
  ),
  row(70, 'a wall clock that jumps', 'nothing fires', 'faults/run: #70 '),
  row(
    71,
    'a process that was busy',
    'no false timeout',
    'fetchers/timeouts: was there in time while the process was busy',
  ),
  row(
    72,
    'an idle connection that is closed',
    'one free retry, on a new connection',
    'fetchers/connections: that the server closes instead of answering again is stale',
    'fetchers/connections: is a new one for a request that had come upon a stale one',
  ),
  row(
    73,
    '429 with Retry-After',
    'the host pauses, others go on',
    'cli/run: pauses a host for everyone when it says so',
  ),
  row(
    74,
    'a Retry-After in the past, as a date, as garbage, of years',
    'now, then, none, final',
    'core/retry-after: makes no sense of anything else',
    'core/retry-after: takes a date in the past for now',
    'core/decide: is done where Retry-After is longer than the cap',
  ),
  row(75, '503 for ever', 'http_status after the retries', 'faults/run: #75 '),
  row(
    76,
    'a dead host with 1,000 URLs',
    'given up',
    'cli/scheduling: is given up, and the rest of its URLs end without a request',
  ),
  row(
    77,
    'a reader that goes away',
    'the run ends, quietly, with 141',
    'cli/ends: when its reader goes away ends the run quietly with 141',
  ),
  row(78, 'a full disk', 'exit 3', 'cli/ends: because the disk is full exits with 3', 'torture/torture: %s: %s'),
  row(
    79,
    'a file that may not grow, short writes',
    'whole lines, exit 3',
    'faults/run: #79 ',
    'torture/torture: %s: %s',
  ),
  row(80, 'a slow reader', 'fetching waits', 'cli/ends: loses nothing to a reader that is slow'),
  row(81, 'much output right before the end', 'nothing is lost', 'cli/ends: loses nothing to a reader that is slow'),
  row(82, 'standard error is no terminal', 'no control characters', 'faults/run: #82 '),
  row(83, 'SIGINT', 'what is in flight ends, 130', 'cli/ends: lets what is in flight finish'),
  row(84, 'SIGINT twice', 'at once, whole lines, 130', 'cli/ends: does not wait, and still leaves whole lines'),
  row(85, 'SIGTERM, SIGHUP', '143, 129', 'cli/ends: lets what is in flight finish'),
  row(
    86,
    'SIGKILL, then --resume',
    'nothing lost, nothing twice',
    'cli/kill: a run that is killed again and again loses nothing',
  ),
  row(87, 'an exception', 'whole lines, a stack, exit 3', 'faults/run: #87 '),
  row(88, 'very many hosts in little memory', 'all are fetched', 'faults/run: #88 '),
]

const hostile = [
  row(
    89,
    'private addresses, however spelt',
    'blocked',
    'core/address: a public address',
    'cli/public-only: connects to nothing on this machine, however it is spelled',
  ),
  row(
    90,
    'a name that changes its address',
    'the address that is checked is dialled',
    'fetchers/public-only: is refused a name that has only such addresses',
    'fetchers/public-only: a socket that ends up elsewhere is closed',
  ),
  row(
    91,
    'from a public address to a private one',
    'blocked',
    'core/redirect: is not for what a public address named',
    'fetchers/public-only: is refused an address that is none',
    'cli/public-only: leads nowhere with',
  ),
  row(
    92,
    'escapes, C1, bidi characters',
    'shown, never sent to a terminal',
    'cli/run: shows no byte that could move a cursor',
    'core/printable: lets nothing of the set through',
  ),
  row(
    93,
    'lone surrogates, U+2028',
    'a line of valid JSON',
    'sinks/jsonl: writes lines of visible characters that read back',
    'core/printable: escapes lone surrogates',
  ),
]

export const faultTable: readonly FaultRow[] = [
  ...lists,
  ...connections,
  ...heads,
  ...bodies,
  ...redirects,
  ...runs,
  ...hostile,
]
