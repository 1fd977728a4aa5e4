// Tests of how quantities are read and written.

import { describe, expect, it } from 'vitest'
import {
  formatExactDuration,
  formatExactSize,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatRate,
  formatSeconds,
  parseDuration,
  parseRate,
  parseSize,
} from '../../src/core/units.js'

const nonsense = [
  '',
  ' ',
  's',
  '-1s',
  '+1s',
  '1 s',
  ' 1s',
  '1s ',
  '1e3s',
  '0x1s',
  '.5s',
  '1.s',
  'NaNs',
  'Infinitys',
  '1,5s',
]

describe('parseDuration', () => {
  it('reads every unit, and decimals', () => {
    expect(['500ms', '30s', '5m', '2h', '1.5s', '0.25m'].map(parseDuration)).toEqual([
      500, 30_000, 300_000, 7_200_000, 1500, 15_000,
    ])
  })

  it('accepts nothing without a unit, of another unit, not positive or not finite', () => {
    for (const text of [
      ...nonsense,
      '30',
      '1d',
      '5S',
      '5M',
      '0s',
      '0.0h',
      `${'9'.repeat(400)}s`,
      '1s1s',
      '1s\n',
      '1constructor',
    ]) {
      expect(parseDuration(text), text).toBeUndefined()
    }
  })
})

describe('parseSize', () => {
  it('reads bytes, decimal and binary units', () => {
    expect(['1024', '10kB', '1.5MB', '2GB', '1KiB', '100MiB', '1GiB'].map(parseSize)).toEqual([
      1024, 10_000, 1_500_000, 2e9, 1024, 104_857_600, 1_073_741_824,
    ])
  })

  it('accepts nothing else', () => {
    const others = [
      '0',
      '0MB',
      '-1',
      '1.5',
      '10 kB',
      '10KB',
      '10mb',
      '10B',
      '1TB',
      '0.0001kB',
      '9'.repeat(17),
      `${'9'.repeat(400)}kB`,
    ]
    for (const text of [...nonsense, ...others]) expect(parseSize(text), text).toBeUndefined()
  })
})

describe('parseRate', () => {
  it('gives the ms between two requests', () => {
    expect(['10/s', '600/m', '5000/h', '0.5/s'].map(parseRate)).toEqual(
      [100, 100, 720, 2000].map((intervalMs) => ({ intervalMs })),
    )
  })

  it('accepts nothing else', () => {
    for (const text of [
      ...nonsense,
      '10',
      '10/',
      '/s',
      '0/s',
      '0.0/s',
      '-1/s',
      '10/d',
      '10 / s',
      '10/ms',
      `${'9'.repeat(400)}/s`,
    ]) {
      expect(parseRate(text), text).toBeUndefined()
    }
  })
})

describe('formats', () => {
  it('writes durations with as many digits as one reads', () => {
    const times = [
      0, 0.4, 12, 999.4, 999.6, 1240, 9994, 9996, 24_300, 59_940, 59_960, 63_000, 3_599_600, 7_500_000, 7_529_999,
      360_000_000,
    ]
    expect(times.map(formatDuration)).toEqual([
      '0ms',
      '0ms',
      '12ms',
      '999ms',
      '1.00s',
      '1.24s',
      '9.99s',
      '10.0s',
      '24.3s',
      '59.9s',
      '1m00s',
      '1m03s',
      '1h00m',
      '2h05m',
      '2h05m',
      '100h00m',
    ])
    expect([400, 10_000, 59_600, 63_000, 7_500_000].map(formatSeconds)).toEqual([
      '0s',
      '10s',
      '1m00s',
      '1m03s',
      '2h05m',
    ])
    expect([400, 12_000, 59_600, 723_000, 3_723_000].map(formatClock)).toEqual([
      '0:00',
      '0:12',
      '1:00',
      '12:03',
      '1:02:03',
    ])
  })

  it('writes bytes in decimal units', () => {
    const sizes = [0, 512, 999.4, 999.6, 1500, 99_940, 99_960, 999_499, 999_501, 18_200_000, 4.12e11, 5e18]
    expect(sizes.map(formatBytes)).toEqual([
      '0 B',
      '512 B',
      '999 B',
      '1.0 kB',
      '1.5 kB',
      '99.9 kB',
      '100 kB',
      '999 kB',
      '1.0 MB',
      '18.2 MB',
      '412 GB',
      '5000 PB',
    ])
  })

  it('writes counts with thousands apart', () => {
    expect([0, 999, 1000, 5214, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '5,214', '1,234,567'])
  })

  it('writes rates per second, minute or hour', () => {
    expect([0, 5214.4, 412, 9.96, 1.5, 1, 0.05, 1 / 3600].map(formatRate)).toEqual([
      '0/s',
      '5,214/s',
      '412/s',
      '10/s',
      '1.5/s',
      '1/s',
      '3/m',
      '1/h',
    ])
  })
})

describe('a quantity as one would give it', () => {
  it.each([
    [250, '250ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [30_000, '30s'],
    [90_000, '90s'],
    [120_000, '2m'],
    [7_200_000, '2h'],
    [1234, '1234ms'],
    [1e12, '11,574 days'],
  ])('is a duration: %d ms is %s', (ms, text) => expect(formatExactDuration(ms)).toBe(text))

  it.each([
    [104_857_600, '100MiB'],
    [10_000_000, '10MB'],
    [1_000_000_000, '1GB'],
    [1024, '1KiB'],
    [500, '500 bytes'],
    [65_537, '65537 bytes'],
  ])('is a size: %d is %s', (bytes, text) => expect(formatExactSize(bytes)).toBe(text))
})
