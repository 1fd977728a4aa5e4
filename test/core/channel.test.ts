import { describe, expect, it } from 'vitest'
import { Channel, ChannelClosedError } from '../../src/core/channel.js'
import { seed, seededRandom } from '../support/random.js'
import { settled } from '../support/virtual-clock.js'

/** Sends without waiting; tells when the item was accepted. */
function sending<T>(channel: Channel<T>, item: T): { isAccepted: boolean; readonly ended: Promise<unknown> } {
  const state = { isAccepted: false, ended: Promise.resolve<unknown>(undefined) }
  state.ended = send(channel, item).then(
    () => {
      state.isAccepted = true
    },
    (error: unknown) => error,
  )
  return state
}

/** As one promise, whether or not there is room. */
async function send<T>(channel: Channel<T>, item: T): Promise<void> {
  await channel.send(item)
}

async function receiveAll<T>(channel: Channel<T>): Promise<T[]> {
  const items: T[] = []
  for (let batch = await channel.receive(); batch.length > 0; batch = await channel.receive()) items.push(...batch)
  return items
}

describe('Channel', () => {
  it('hands items on in the order in which they were sent', async () => {
    const channel = new Channel<number>(10)
    for (const item of [1, 2, 3]) await channel.send(item)
    expect(await channel.receive()).toEqual([1, 2, 3])
  })

  it('lets a sender wait while it is full, until an item is received', async () => {
    const channel = new Channel<number>(2)
    await channel.send(1)
    await channel.send(2)
    const third = sending(channel, 3)
    await settled()
    expect(third.isAccepted).toBe(false)
    await channel.receive()
    await settled()
    expect(third.isAccepted).toBe(true)
  })

  it('lets the receiver wait while it is empty, until an item is sent', async () => {
    const channel = new Channel<number>(1)
    let received: number[] | undefined
    const receiving = channel.receive().then((item) => {
      received = item
    })
    await settled()
    expect(received).toBeUndefined()
    await channel.send(7)
    await receiving
    expect(received).toEqual([7])
  })

  it('accepts as many waiting senders as there is room, the one that waits longest first', async () => {
    const channel = new Channel<number>(1)
    await channel.send(0)
    const waiting = [1, 2, 3].map((item) => sending(channel, item))
    await settled()
    for (const accepted of [1, 2, 3]) {
      expect(await channel.receive()).toEqual([accepted - 1])
      await settled()
      expect(waiting.filter(({ isAccepted }) => isAccepted)).toHaveLength(accepted)
    }
    expect(await channel.receive()).toEqual([3])
  })

  it('lets no sender overtake one that waits', async () => {
    const channel = new Channel<string>(1)
    await channel.send('first')
    const waiting = [sending(channel, 'second'), sending(channel, 'third')]
    const receiving = channel.receive()
    // There is room now, but it is the waiting sender's.
    const late = sending(channel, 'late')
    await receiving
    const rest = [await channel.receive(), await channel.receive(), await channel.receive()]
    expect(rest).toEqual([['second'], ['third'], ['late']])
    await Promise.all([...waiting, late].map(({ ended }) => ended))
  })

  it('gives out what was sent before it closed, and then ends', async () => {
    const channel = new Channel<number>(5)
    await channel.send(1)
    await channel.send(2)
    channel.close()
    expect(await receiveAll(channel)).toEqual([1, 2])
    expect(await channel.receive()).toEqual([])
  })

  it('ends a receiver that waits when it closes', async () => {
    const channel = new Channel<number>(1)
    const receiving = channel.receive()
    await settled()
    channel.close()
    expect(await receiving).toEqual([])
  })

  it('refuses items once it is closed, also those whose senders were waiting', async () => {
    const channel = new Channel<number>(1)
    await channel.send(1)
    const waiting = sending(channel, 2)
    await settled()
    channel.close()
    expect(await waiting.ended).toBeInstanceOf(ChannelClosedError)
    await expect(send(channel, 3)).rejects.toBeInstanceOf(ChannelClosedError)
    expect(await receiveAll(channel)).toEqual([1])
  })

  it('fails both sides at once with the error that closes it, whatever it still holds', async () => {
    const error = new Error('the disk is full')
    const channel = new Channel<number>(1)
    await channel.send(1)
    const waiting = [sending(channel, 2), sending(channel, 3)]
    await settled()
    channel.close(error)
    expect(await Promise.all(waiting.map(({ ended }) => ended))).toEqual([error, error])
    await expect(send(channel, 4)).rejects.toBe(error)
    await expect(channel.receive()).rejects.toBe(error)
    await expect(receiveAll(channel)).rejects.toBe(error)
  })

  it('fails a receiver that waits with the error that closes it', async () => {
    const error = new Error('the disk is full')
    const channel = new Channel<number>(1)
    const receiving = channel.receive()
    await settled()
    channel.close(error)
    await expect(receiving).rejects.toBe(error)
  })

  it('is closed once: a later error changes nothing', async () => {
    const channel = new Channel<number>(1)
    await channel.send(1)
    channel.close()
    channel.close(new Error('too late'))
    expect(await receiveAll(channel)).toEqual([1])
  })

  it(`loses nothing, keeps each sender's order and holds no more than its capacity (seed ${seed})`, async () => {
    const random = seededRandom(seed)
    const capacity = 1 + random.below(5)
    const channel = new Channel<{ sender: number; index: number }>(capacity)
    let accepted = 0
    let received = 0
    const pause = async () => {
      for (let turn = random.below(6); turn > 0; turn--) await Promise.resolve()
    }
    const sender = async (number: number) => {
      for (let index = 0; index < 100; index++) {
        await pause()
        await channel.send({ sender: number, index })
        accepted++
        // What the channel holds, and the batch that the receiver has in its hands.
        expect(accepted - received).toBeLessThanOrEqual(2 * capacity + 1)
      }
    }
    const next = [0, 0, 0, 0, 0, 0]
    const receiver = async () => {
      for (let batch = await channel.receive(); batch.length > 0; batch = await channel.receive()) {
        expect(batch.length).toBeLessThanOrEqual(capacity)
        for (const { sender: number, index } of batch) {
          received++
          expect(index).toBe(next[number])
          next[number] = index + 1
        }
        await pause()
      }
    }
    const receiving = receiver()
    await Promise.all(next.map((_, number) => sender(number)))
    channel.close()
    await receiving
    expect(next).toEqual([100, 100, 100, 100, 100, 100])
  })
})
