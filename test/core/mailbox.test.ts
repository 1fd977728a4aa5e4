import { describe, expect, it } from 'vitest'
import { Mailbox, MailboxClosedError } from '../../src/core/mailbox.js'
import { seed, seededRandom } from '../support/random.js'
import { settled } from '../support/virtual-clock.js'

/** A receiver that is busy with each item until it is told otherwise. */
function busyReceiver<T>() {
  const received: T[] = []
  let go = () => {}
  const receive = (item: T) => {
    received.push(item)
    return new Promise<void>((resolve) => {
      go = resolve
    })
  }
  const next = async () => {
    go()
    await settled()
  }
  return { received, receive, next }
}

/** As one promise, whether or not there is room; tells whether it was accepted. */
function sending<T>(mailbox: Mailbox<T>, item: T) {
  const state: { outcome: unknown } = { outcome: 'waits' }
  void (async () => mailbox.send(item))().then(
    () => {
      state.outcome = 'accepted'
    },
    (error: unknown) => {
      state.outcome = error
    },
  )
  return state
}

describe('Mailbox', () => {
  it('hands an item over at once where the receiver is free', () => {
    const received: number[] = []
    const mailbox = new Mailbox<number>(1, (item) => void received.push(item))
    for (const item of [1, 2, 3]) expect(mailbox.send(item)).toBeUndefined()
    expect(received).toEqual([1, 2, 3])
  })

  it('keeps items while the receiver is busy, and hands them over in their order', async () => {
    const { received, receive, next } = busyReceiver<number>()
    const mailbox = new Mailbox(2, receive)
    for (const item of [1, 2, 3]) expect(mailbox.send(item)).toBeUndefined()
    expect(received).toEqual([1])
    await next()
    expect(received).toEqual([1, 2])
    await next()
    expect(received).toEqual([1, 2, 3])
    await next()
    expect(mailbox.send(4)).toBeUndefined()
    expect(received).toEqual([1, 2, 3, 4])
  })

  it('lets senders wait while it is full, and gives room to the one that waits longest', async () => {
    const { received, receive, next } = busyReceiver<string>()
    const mailbox = new Mailbox(1, receive)
    await mailbox.send('received')
    await mailbox.send('kept')
    const [first, second] = [sending(mailbox, 'first'), sending(mailbox, 'second')]
    await settled()
    expect([first?.outcome, second?.outcome]).toEqual(['waits', 'waits'])
    await next()
    expect([first?.outcome, second?.outcome]).toEqual(['accepted', 'waits'])
    await next()
    await next()
    await next()
    expect(received).toEqual(['received', 'kept', 'first', 'second'])
    expect(second?.outcome).toBe('accepted')
  })

  it('is emptied when it is closed and everything was received', async () => {
    const { received, receive, next } = busyReceiver<number>()
    const mailbox = new Mailbox(5, receive)
    let isEmptied = false
    void mailbox.emptied.then(() => {
      isEmptied = true
    })
    for (const item of [1, 2]) await mailbox.send(item)
    mailbox.close()
    mailbox.close()
    await next()
    expect(isEmptied).toBe(false)
    await next()
    expect(received).toEqual([1, 2])
    expect(isEmptied).toBe(true)
  })

  it('is emptied at once where nothing was sent', async () => {
    const mailbox = new Mailbox<number>(1, () => {})
    mailbox.close()
    await expect(mailbox.emptied).resolves.toBeUndefined()
  })

  it('refuses items once it is closed, also those whose senders wait', async () => {
    const { received, receive, next } = busyReceiver<number>()
    const mailbox = new Mailbox(1, receive)
    await mailbox.send(1)
    await mailbox.send(2)
    const waiting = sending(mailbox, 3)
    mailbox.close()
    await settled()
    expect(waiting.outcome).toBeInstanceOf(MailboxClosedError)
    expect(() => mailbox.send(4)).toThrow(MailboxClosedError)
    await next()
    expect(received).toEqual([1, 2])
  })

  it('fails with what the receiver throws: for who sent it, and for whoever comes later', async () => {
    const error = new Error('a defect')
    const mailbox = new Mailbox<number>(1, () => {
      throw error
    })
    const failed = mailbox.emptied.catch((thrown: unknown) => thrown)
    expect(() => mailbox.send(1)).toThrow(error)
    expect(() => mailbox.send(2)).toThrow(error)
    expect(await failed).toBe(error)
    mailbox.close()
  })

  it('fails with what the receiver rejects with: for those who wait as well', async () => {
    const error = new Error('a defect')
    let reject: (error: Error) => void = () => {}
    const mailbox = new Mailbox<number>(1, () => {
      return new Promise<void>((_, onReject) => {
        reject = onReject
      })
    })
    const failed = mailbox.emptied.catch((thrown: unknown) => thrown)
    await mailbox.send(1)
    await mailbox.send(2)
    const waiting = sending(mailbox, 3)
    reject(error)
    await settled()
    expect(waiting.outcome).toBe(error)
    expect(() => mailbox.send(4)).toThrow(error)
    expect(await failed).toBe(error)
  })

  it(`loses nothing, keeps each sender's order and holds no more than its capacity (seed ${seed})`, async () => {
    const random = seededRandom(seed)
    const capacity = 1 + random.below(5)
    let accepted = 0
    let received = 0
    const next = [0, 0, 0, 0, 0, 0]
    const pause = async () => {
      for (let turn = random.below(6); turn > 0; turn--) await Promise.resolve()
    }
    const mailbox = new Mailbox<{ sender: number; index: number }>(capacity, ({ sender, index }) => {
      received++
      expect(index).toBe(next[sender])
      next[sender] = index + 1
      return random.below(3) === 0 ? undefined : pause()
    })
    const sender = async (number: number) => {
      for (let index = 0; index < 100; index++) {
        await pause()
        const full = mailbox.send({ sender: number, index })
        if (full) await full
        accepted++
        expect(accepted - received).toBeLessThanOrEqual(capacity + 1)
      }
    }
    await Promise.all(next.map((_, number) => sender(number)))
    mailbox.close()
    await mailbox.emptied
    expect(next).toEqual([100, 100, 100, 100, 100, 100])
  })
})
