// Names of files, out of ids and URLs.

import { describe, expect, it } from 'vitest'
import { fileName, idOfFileName } from '../../src/bodies/file-name.js'
import { seed, seededRandom } from '../support/random.js'

const readable = (url: string) => fileName(1, url).slice('000001-0123456789-'.length)

describe('a file name', () => {
  it('is the same for the same id and URL, and begins with the id', () => {
    expect(fileName(42, 'https://a.test/x')).toBe(fileName(42, 'https://a.test/x'))
    expect(fileName(42, 'https://a.test/x')).toMatch(/^000042-[0-9a-f]{10}-a\.test-x$/)
    expect(fileName(10_000_000, 'https://a.test/x')).toMatch(/^10000000-/)
  })

  it.each([
    ['https://www.example.com/docs/guide.html', 'www.example.com-docs-guide.html'],
    ['example.com', 'example.com'],
    ['http://example.com:8080/', 'example.com-8080'],
    ['http://user:***@example.com/a', 'example.com-a'],
    ['http://[::1]:80/x.tar.gz', '1-80-x.tar.gz'],
    ['http://a.test/x.php?token=hunter2#part', 'a.test-x.php'],
    ['http://a.test/../../etc/passwd', 'a.test-etc-passwd'],
    ['http://a.test/..%2f..%2Fetc%00/%2e%2E/.ssh/', 'a.test-etc-ssh'],
    ['http://a.test/C:\\windows\\CON', 'a.test-C-windows-CON'],
    ['http://a.test/a b;rm -rf $HOME`id`|"\'<>*', 'a.test-a-b-rm-rf-HOME-id'],
    ['http://a.test/two%20words', 'a.test-two-words'],
    ['http://a.test/-/._./end.', 'a.test-_-end'],
  ])('shows host and path, and nothing else: %s', (url, shown) => {
    expect(readable(url)).toBe(shown)
  })

  it('keeps its extension where it is cut, and stays within 150 bytes', () => {
    const long = fileName(7, `http://a.test/${'long-path/'.repeat(50)}page.html`)
    expect(long.length).toBeLessThanOrEqual(150)
    expect(long.length).toBeGreaterThan(145)
    expect(long).toMatch(/long-path.*\.html$/)
    expect(fileName(7, `http://a.test/${'x'.repeat(300)}.${'e'.repeat(100)}`).length).toBeLessThanOrEqual(150)
  })

  it('is another for URLs that look alike, also where case does not count', () => {
    const urls = [
      'http://a.test/x',
      'http://A.test/x',
      'http://a.test/X',
      'http://a.test/x?',
      'http://a.test/x?1',
      'a.test/x',
    ]
    const alike = ['http://a.test/a b', 'http://a.test/a-b', 'http://a.test/a%20b', 'http://a.test/a/b']
    const names = [...urls, ...alike].map((url) => fileName(1, url).toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    expect(fileName(1, 'a.test')).not.toBe(fileName(2, 'a.test'))
  })

  it('is safe whatever the URL is', () => {
    const random = seededRandom(seed)
    const pieces = [
      '/',
      '..',
      '\\',
      '.',
      '%2e',
      '%00',
      ' ',
      '\u0007',
      'ü',
      '\ud800',
      '-',
      'a',
      'B',
      ':',
      '@',
      '?',
      '#',
      '*',
      '\u202e',
      '\u{1f600}',
    ]
    for (let round = 0; round < 2000; round++) {
      const url = `http://h/${Array.from({ length: random.below(60) }, () => random.pick(pieces)).join('')}`
      const name = fileName(round + 1, url)
      expect(name, `SEED=${seed} ${url}`).toMatch(/^\d{6,}-[0-9a-f]{10}(?:-[A-Za-z0-9_][A-Za-z0-9._-]*)?$/)
      expect(name, `SEED=${seed}`).not.toMatch(/[.-]$|\.\./)
      expect(idOfFileName(name)).toBe(round + 1)
    }
  })
})

describe('the id of a file name', () => {
  it.each([
    '',
    'x',
    'README.md',
    '12-0123456789',
    '0000012-0123456789',
    '000012-012345678',
    '000012-0123456789x',
    '.000012-0123456789-a.1-01234567-1.part',
  ])('is none where the name is not one of ours: %s', (name) => {
    expect(idOfFileName(name)).toBeUndefined()
  })
})
