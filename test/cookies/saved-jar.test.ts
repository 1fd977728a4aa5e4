import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openCookieJar } from '../../src/cookies/index.js'
import { SinkError } from '../../src/core/errors.js'
import { until } from '../fetchers/setup.js'
import { tempFolder } from '../support/temp.js'
import { makeTask } from '../support/values.js'
import { VirtualClock } from '../support/virtual-clock.js'

const { target } = makeTask(1, 'http://a.test/')

async function openJar(folder?: string) {
  const path = join(folder ?? (await tempFolder()), 'jar')
  const clock = new VirtualClock()
  const jar = await openCookieJar({ path, option: '--cookie-jar', clock, wallNow: () => 1e12 })
  return { path, clock, jar }
}

it('is saved at the end, and only where something has changed', async () => {
  const { path, clock, jar } = await openJar()
  jar.store(target, ['a=1; Max-Age=0', 'none'])
  expect(clock.timers).toBe(0)
  await jar.close()
  expect(existsSync(path)).toBe(false)
  const again = await openJar(join(path, '..'))
  again.jar.store(target, ['a=1'])
  expect(again.jar.header(target)).toBe('a=1')
  await again.jar.close()
  expect(await readFile(path, 'utf8')).toContain('a.test\tFALSE\t/\tFALSE\t0\ta\t1\n')
  expect(again.clock.timers).toBe(0)
  const third = await openJar(join(path, '..'))
  expect(third.jar.header(target)).toBe('a=1')
})

it('is saved while the run goes on, once every few seconds in which something changed', async () => {
  const { path, clock, jar } = await openJar()
  jar.store(target, ['a=1'])
  jar.store(target, ['b=1'])
  expect(clock.timers).toBe(1)
  await clock.advance(2000)
  expect(existsSync(path)).toBe(false)
  await clock.advance(1000)
  await until(() => existsSync(path))
  expect(await readFile(path, 'utf8')).toMatch(/\ta\t1\n.*\tb\t1\n$/)
  expect(clock.timers).toBe(0)
  jar.store(target, ['a=2'])
  expect(clock.timers).toBe(1)
  await jar.close()
  expect(await readFile(path, 'utf8')).toContain('\ta\t2\n')
})

it('tells at the end what cannot be saved, and not while it may still be', async () => {
  const parent = await tempFolder()
  const folder = join(parent, 'jars')
  await mkdir(folder)
  const { path, clock, jar } = await openJar(folder)
  await rm(folder, { recursive: true })
  jar.store(target, ['a=1'])
  await clock.advance(3000)
  await expect(jar.close()).rejects.toThrow(SinkError)
  await mkdir(folder)
  await jar.close()
  expect(await readFile(path, 'utf8')).toContain('\ta\t1\n')
})
