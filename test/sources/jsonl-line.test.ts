import { describe, expect, it } from 'vitest'
import { readJsonLine } from '../../src/sources/jsonl-line.js'
import { listLineSchema } from '../../src/sources/jsonl-schema.js'
import { type Random, seed, seededRandom } from '../support/random.js'

const read = (line: unknown) => readJsonLine(typeof line === 'string' ? line : JSON.stringify(line))

function refused(line: unknown): { code: string; message: string; url: string; meta: string | null } {
  const made = read(line)
  if (!('failure' in made)) throw new Error(`accepted: ${JSON.stringify(made)}`)
  expect(made.failure.type).toBe('invalid_request')
  return { ...made.failure, url: made.url, meta: made.meta }
}

describe('a line of JSON', () => {
  it('may be a URL and nothing else', () => {
    expect(read('{"url":"http://a/"}')).toEqual({ url: 'http://a/', meta: null })
  })

  it('says all that a request may have', () => {
    const line = `{"url":"a/x","method":"put","headers":{"X-A":"1","X-B":["2","3"]},"body":"text","timeout":"1.5s","retries":0,"meta":{"n": 1.0}}`
    expect(read(line)).toEqual({
      url: 'a/x',
      method: 'put',
      headers: [
        ['X-A', '1'],
        ['X-B', '2'],
        ['X-B', '3'],
      ],
      body: 'text',
      timeoutMs: 1500,
      retries: 0,
      meta: '{"n":1.0}',
    })
  })

  it('has a body of JSON as it stands in the line, and says so', () => {
    expect(read('{"url":"a","body": {"id": 12345678901234567890, "x":1.0} }')).toMatchObject({
      body: '{"id": 12345678901234567890, "x":1.0}',
      contentType: 'application/json',
    })
    for (const body of ['[1, 2]', '7', 'true']) {
      expect(read(`{"url":"a","body":${body}}`)).toMatchObject({ body, contentType: 'application/json' })
    }
  })

  it('has a body of bytes, or none', () => {
    const bytes = Buffer.from([0, 255, 10])
    expect(read({ url: 'a', body_base64: bytes.toString('base64') })).toMatchObject({ body: new Uint8Array(bytes) })
    expect(read({ url: 'a', body_base64: '' })).toMatchObject({ body: new Uint8Array(0) })
    expect(read({ url: 'a', body: null })).toMatchObject({ body: null })
    expect(read({ url: 'a', body: '' })).toMatchObject({ body: '' })
  })

  it('brings its data back digit by digit, in one line', () => {
    const meta = (text: string) => read(`{"url":"a","meta":${text}}`).meta
    expect(meta('12345678901234567890')).toBe('12345678901234567890')
    expect(meta(' { "a" : "b c" }')).toBe('{"a":"b c"}')
    expect(meta('null')).toBe('null')
    expect(meta('"\u009b\u2028"')).toBe('"\\u009b\\u2028"')
  })

  it('has the last of two members of a name, as JSON.parse does', () => {
    expect(read('{"url":"a","url":"b","meta":1,"meta":2,"body":1,"body":2}')).toMatchObject({
      url: 'b',
      meta: '2',
      body: '2',
    })
  })

  it('is not taken in by names that objects have', () => {
    expect(refused('{"url":"a","__proto__":{"method":"PUT"}}').message).toContain('"__proto__"')
    expect(refused('{"url":"a","constructor":1}').code).toBe('UNKNOWN_MEMBER')
    expect(read('{"url":"a","headers":{"__proto__":"x"}}')).toMatchObject({ headers: [['__proto__', 'x']] })
  })
})

describe('a line that asks for what cannot be', () => {
  it.each([
    ['{"url":"http://a/"', 'JSON_SYNTAX', /ends too early/],
    ['{"url":"http://a/",}', 'JSON_SYNTAX', /at character 20$/],
    ['["http://a/"]', 'NOT_AN_OBJECT', /got an array/],
    ['"http://a/"', 'NOT_AN_OBJECT', /got a string/],
    ['null', 'NOT_AN_OBJECT', /got null/],
    ['{"URL":"http://a/"}', 'UNKNOWN_MEMBER', /"URL".*meta/],
    ['{"method":"GET"}', 'MISSING_URL', /"url"/],
    ['{"url":1}', 'INVALID_MEMBER', /"url" must be a string, got a number/],
    ['{"url":null}', 'INVALID_MEMBER', /got null/],
    ['{"url":"a","method":["GET"]}', 'INVALID_MEMBER', /"method" must be a string, got an array/],
    ['{"url":"a","headers":[]}', 'INVALID_MEMBER', /"headers" must be an object of strings.*got an array/],
    ['{"url":"a","headers":{"X-A":7}}', 'INVALID_MEMBER', /got a number in "X-A"/],
    ['{"url":"a","headers":{"X-A":["1",null]}}', 'INVALID_MEMBER', /got null in "X-A"/],
    ['{"url":"a","body":"\\ud800"}', 'INVALID_MEMBER', /body_base64/],
    ['{"url":"a","body":1,"body_base64":"eA=="}', 'INVALID_MEMBER', /contradict/],
    ['{"url":"a","body_base64":"eA"}', 'INVALID_MEMBER', /"body_base64" must be base64/],
    ['{"url":"a","body_base64":"e-_="}', 'INVALID_MEMBER', /"body_base64" must be base64/],
    ['{"url":"a","timeout":5}', 'INVALID_MEMBER', /"timeout" must be a duration.*got a number/],
    ['{"url":"a","timeout":"5"}', 'INVALID_MEMBER', /"timeout" must be a duration.*got "5"/],
    ['{"url":"a","timeout":"0s"}', 'INVALID_MEMBER', /"timeout"/],
    ['{"url":"a","timeout":"25h"}'.replace('25h', '9999h'), 'INVALID_MEMBER', /24 days/],
    ['{"url":"a","retries":1.5}', 'INVALID_MEMBER', /"retries" must be a whole number from 0 to 100, got 1.5/],
    ['{"url":"a","retries":"1"}', 'INVALID_MEMBER', /got a string/],
  ])('%s', (line, code, message) => {
    expect(refused(line)).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('keeps its URL and its data', () => {
    expect(refused('{"url":"http://a/","meta":{"id":12345678901234567890},"retries":-1}')).toMatchObject({
      url: 'http://a/',
      meta: '{"id":12345678901234567890}',
    })
    expect(refused('{"url":"http://a/x","bad').url).toBe('http://a/x')
    expect(refused('http://a/').url).toBe('http://a/')
  })

  it('shows nothing of headers and bodies, whatever is wrong', () => {
    const secrets = '"headers":{"Authorization":"Bearer sécret"},"body":"sécret","body_base64":"sécret"'
    for (const line of [
      `{"url":"a",${secrets}}`,
      `{"url":"a",${secrets}`,
      `{${secrets},"url":"a"x}`,
      `{"url":"a","headers":{"Authorization: sécret":1}}`,
      `{"url":"a","body_base64":"sécret"}`,
      `[{${secrets}}]`,
    ]) {
      expect(JSON.stringify(refused(line))).not.toContain('sécret')
    }
  })

  it('masks the password of a URL that it shows', () => {
    expect(refused('{"url":"http://u:sécret@a/","x').url).not.toContain('sécret')
    expect(refused('http://u:sécret@a/').url).not.toContain('sécret')
  })
})

describe('the published schema', () => {
  it('accepts what is accepted, and nothing else', () => {
    const random = seededRandom(seed)
    const seen = { good: 0, bad: 0 }
    for (let count = 0; count < 5000; count++) {
      const line = randomLine(random)
      const isGood = !('failure' in read(line))
      seen[isGood ? 'good' : 'bad']++
      // That two members contradict each other is the one thing that it does not say.
      if ('body' in line && 'body_base64' in line) continue
      expect(listLineSchema.safeParse(line).success, `SEED=${seed} ${JSON.stringify(line)}`).toBe(isGood)
    }
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(500)
  })
})

function randomLine(random: Random): object {
  const rarely = <T>(wrong: T, right: T) => (random.below(12) === 0 ? wrong : right)
  const values: Record<string, () => unknown> = {
    url: () => rarely<unknown>(random.pick([null, 1, []]), 'http://a/'),
    method: () => rarely<unknown>(7, 'PUT'),
    headers: () =>
      rarely<unknown>(random.pick(['x', [], null, { a: 1 }, { a: [1] }]), { a: '1', b: ['2', '3'], c: [] }),
    body: () => random.pick(['text', null, 1, { a: [1] }, [true]]),
    body_base64: () => rarely<unknown>(random.pick(['x', 'eA', 3, 'e-==']), random.pick(['', 'eA==', 'eHg=', 'eHh4'])),
    meta: () => random.pick(['text', null, 1, { a: [1] }, [true]]),
    timeout: () => rarely<unknown>(random.pick([5, '5', '1 s', '-1s', null]), random.pick(['500ms', '1.5s', '5m'])),
    retries: () => rarely<unknown>(random.pick([-1, 1.5, '1', 101, null]), random.below(101)),
    other: () => 1,
  }
  const names = Object.keys(values).filter((name) => {
    if (name === 'url') return random.below(20) > 0
    return random.below(name === 'other' ? 12 : 3) === 0
  })
  return Object.fromEntries(names.map((name) => [name, values[name]?.()]))
}
