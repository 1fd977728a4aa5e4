// What is frozen is thawed as it was.

import { describe, expect, it } from 'vitest'
import { freeze, thaw } from '../../src/core/frozen-task.js'
import { ownBytes } from '../../src/core/slots.js'
import { createTask, type TaskTemplate } from '../../src/core/task.js'
import type { FetchTask, RequestSpec } from '../../src/types.js'
import { type Random, seed, seededRandom } from '../support/random.js'

const template: TaskTemplate = {
  request: { method: 'GET', headers: [['Accept', '*/*']], body: null },
  defaultScheme: 'https',
}

function taskOf(text: string, place = { list: -1, start: 0, end: 0 }): FetchTask {
  const item = createTask(7, text, template, 1234, place)
  if (item.kind !== 'task') throw new Error(`${text} was rejected`)
  return item
}

function again(task: FetchTask): FetchTask {
  return thaw(freeze(task, template), template)
}

const schemes = ['', 'http://', 'https://', 'HTTP://', '//', 'https:\\\\']
const users = [
  '',
  '',
  'user@',
  'user:secret@',
  ':secret@',
  'u%20ü:p%40%ff"\\@',
  'a:b:c@',
  '"\u2028\':{}[],@',
  '\u{1f600}:é@',
]
const hosts = [
  'example.com',
  'EXAMPLE.com:443',
  'h:80',
  'münchen.example',
  '例え.テスト:8080',
  '[::1]:81',
  '127.1',
  'xn--mnchen-3ya.example',
  'straße.example',
  'a.b.c.',
  '%65xample.com',
] // prettier-ignore
const characters = [
  'a',
  '/',
  '.',
  '..',
  '%2f',
  '%',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '|',
  '^',
  '`',
  '<',
  '>',
  ' ',
  '@',
  ':',
  '?',
  '#',
  '&',
  'é',
  '€',
  '\u{1f600}',
  '\u2028',
  '\u0085',
  '\u007f',
  '\ufffd',
  '\ufeff',
] // prettier-ignore

function randomUrl(random: Random): string {
  const path = Array.from({ length: random.below(12) }, () => random.pick(characters)).join('')
  const tail = path === '' ? '' : random.pick(['/', '?', '#']) + path
  return random.pick(schemes) + random.pick(users) + random.pick(hosts) + tail
}

describe('a frozen task', () => {
  it('is thawed as createTask made it, whatever its URL', () => {
    const random = seededRandom(seed)
    let tasks = 0
    for (let round = 0; round < 20_000; round++) {
      const text = randomUrl(random)
      const item = createTask(round, text, template, random.below(2 ** 32), {
        list: random.pick([-1, 4]),
        start: 0,
        end: 0,
      })
      if (item.kind !== 'task') continue
      tasks++
      expect(again(item), `SEED=${seed}, ${JSON.stringify(text)}`).toEqual(item)
    }
    expect(tasks).toBeGreaterThan(5000)
  })

  it('is one line', () => {
    const random = seededRandom(seed)
    const items = Array.from({ length: 2000 }, (_, id) => createTask(id, randomUrl(random), template, 0))
    const frozen = items.flatMap((item) => (item.kind === 'task' ? [freeze(item, template)] : []))
    expect(frozen.filter((line) => /[\r\n]/.test(line))).toEqual([])
  })

  it('keeps a password for the request, and does not show it', () => {
    const task = again(taskOf('http://user:secret@h/x'))
    expect(task.url).toBe('http://user:***@h/x')
    expect(task.target.authorization).toBe(`Basic ${btoa('user:secret')}`)
  })

  it('keeps what its line said beyond the request', () => {
    const own = { meta: '{"id":12345678901234567890}', timeoutMs: 500, retries: 0 }
    expect(again({ ...taskOf('http://a.test/'), own })).toMatchObject({ own })
  })

  it('keeps its place', () => {
    const place = { list: 3, start: 2 ** 40, end: 2 ** 40 + 5 }
    expect(again(taskOf('a', place))).toMatchObject(place)
    expect(again(taskOf('a', { list: 0, start: 0, end: 1 }))).toMatchObject({ list: 0, start: 0, end: 1 })
  })

  it('shares the request of its template', () => {
    expect(again(taskOf('a')).request).toBe(template.request)
  })

  it.each<RequestSpec>([
    { method: 'DELETE', headers: [], body: null },
    { method: 'GET', headers: [], body: null, authorization: 'Basic eDp5' },
    { method: 'POST', headers: [], body: 'x', authorization: 'Bearer x' },
    {
      method: 'POST',
      headers: [
        ['X', 'ä\u0000"'],
        ['X', ''],
      ],
      body: '',
    },
    { method: 'POST', headers: [], body: 'lines\r\n\u{1f600}\ud800' },
    { method: 'PUT', headers: [], body: new Uint8Array([0, 10, 13, 128, 255]) },
    { method: 'PUT', headers: [], body: new Uint8Array(0) },
  ])('keeps a request of its own', (request) => {
    const bytes = ownBytes(request, template.request, null)
    const task: FetchTask = { ...taskOf('a'), bytes, request, method: request.method }
    expect(again(task)).toEqual(task)
  })

  it('has the body of its template once, however often it is kept', () => {
    const common = { ...template, request: { ...template.request, body: new Uint8Array(10_000) } }
    const request = { ...common.request, headers: [['X-A', '1']] as const, authorization: 'Basic x' }
    const frozen = freeze({ ...taskOf('a'), request }, common)
    expect(frozen.length).toBeLessThan(500)
    expect(thaw(frozen, common).request).toEqual(request)
    expect(thaw(frozen, common).request.body).toBe(common.request.body)
  })

  it('keeps a body that is a part of a larger piece of memory', () => {
    const body = new Uint8Array(new Uint8Array([1, 2, 3, 4, 5]).buffer, 1, 3)
    const request: RequestSpec = { method: 'PUT', headers: [], body }
    expect(again({ ...taskOf('a'), request, method: 'PUT' }).request.body).toEqual(new Uint8Array([2, 3, 4]))
  })

  it('may still not be led into a private network', () => {
    const task = taskOf('a')
    const publicTask: FetchTask = { ...task, target: { ...task.target, isPublicOnly: true } }
    expect(again(publicTask)).toEqual(publicTask)
  })
})
