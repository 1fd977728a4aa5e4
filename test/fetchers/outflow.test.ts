import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { watchWrites } from '../../src/fetchers/outflow.js'
import { startRawServer } from '../support/raw-server.js'
import { until, useOpened } from './setup.js'

const { open } = useOpened()

it('tells every byte that goes out, in whatever way it is written', async () => {
  const server = await open(startRawServer({}))
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let told = ''
  watchWrites(socket, (bytes) => (told += bytes.toString('latin1')))
  let isCalled = false
  socket.cork()
  expect(socket.write('\xe4\xff', 'latin1')).toBe(true)
  socket.write('\u20ac')
  socket.uncork()
  socket.write(Buffer.from([0, 255]), () => (isCalled = true))
  socket.write('end', 'utf8', () => {})
  socket.write('61', 'hex')
  const sent = '\xe4\xff\xe2\x82\xac\x00\xffenda'
  expect(told).toBe(sent)
  await until(() => server.connections[0]?.received === sent && isCalled)
  socket.destroy()
})
