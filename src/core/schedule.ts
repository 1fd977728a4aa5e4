// Which hosts may be asked now, which later, and which are done with: the lanes, in a ring, in a heap, or forgotten; and which of them go first.

import type { WaitingHost } from '../types.js'
import { Deque } from './deque.js'
import { Heap } from './heap.js'
import { Lane } from './lane.js'

/** One turn of so many goes to whoever waits longest: who is not urgent waits at most so much longer. */
const fairTurn = 8

export class Schedule {
  readonly #lanes = new Map<string, Lane>()
  /** In turn. A lane that was parked or emptied since it entered is passed over when its turn comes. */
  readonly #ready = new Deque<Lane>()
  /** Those that go first, in turn as well. */
  readonly #urgent = new Deque<Lane>()
  #turns = 0
  #urgentLanes = 0
  /** Those that wait for a time. Those that wait for a request of their own to end are in neither. */
  readonly #parked = new Heap<Lane>((lane) => lane.wakeAt)

  get lanes(): Iterable<Lane> {
    return this.#lanes.values()
  }

  /** The lane of a host, a new one where there is none. */
  laneOf(host: string): Lane {
    let lane = this.#lanes.get(host)
    if (!lane) {
      lane = new Lane(host)
      this.#lanes.set(host, lane)
    }
    return lane
  }

  find(host: string): Lane | undefined {
    return this.#lanes.get(host)
  }

  /**
   * Puts a lane where it belongs, for a host that may be asked in `delayMs` (0 is now, Infinity is not before a request ends).
   * `gateMs` is the gate's clock.
   */
  place(lane: Lane, delayMs: number, now: number, gateMs: number): void {
    if (lane.length === 0) {
      lane.setState('empty', now, gateMs)
      this.#unpark(lane)
      if (lane.isDone) this.#forget(lane)
      return
    }
    if (delayMs <= 0) {
      lane.setState('ready', now, gateMs)
      this.#unpark(lane)
      this.#enter(lane)
      return
    }
    lane.setState('parked', now, gateMs)
    lane.wakeAt = now + delayMs
    if (delayMs === Number.POSITIVE_INFINITY) this.#parked.remove(lane)
    else this.#parked.put(lane)
  }

  /** The lane whose turn it is; it leaves the ring. Every so often it is one that has waited longest, however urgent others are. */
  nextReady(): Lane | undefined {
    this.#turns = (this.#turns + 1) % fairTurn
    if (this.#turns === 0) return this.#nextInRing() ?? this.#nextUrgent()
    return this.#nextUrgent() ?? this.#nextInRing()
  }

  get mayHaveReady(): boolean {
    return this.#ready.length > 0 || this.#urgent.length > 0
  }

  /** Which hosts go first from now on. */
  setUrgent(lane: Lane, isUrgent: boolean): void {
    if (lane.isUrgent === isUrgent) return
    lane.isUrgent = isUrgent
    this.#urgentLanes += isUrgent ? 1 : -1
    if (lane.state === 'ready') this.#enter(lane)
  }

  get size(): number {
    return this.#lanes.size
  }

  /** Lanes that are urgent. */
  get urgent(): number {
    return this.#urgentLanes
  }

  /** The parked lane that wakes first, once its time has come. It stays where it is until it is placed. */
  nextAwake(now: number): Lane | undefined {
    const lane = this.#parked.peek()
    return lane && lane.wakeAt <= now ? lane : undefined
  }

  /** When the first parked lane wakes, in monotonic ms; Infinity where none does by itself. */
  get wakeAt(): number {
    return this.#parked.peek()?.wakeAt ?? Number.POSITIVE_INFINITY
  }

  /** The held-back host with the most tasks. */
  waitingHost(now: number): WaitingHost | null {
    let longest: Lane | null = null
    for (const lane of this.#lanes.values()) {
      if (lane.state === 'parked' && lane.backlog > (longest?.backlog ?? 0)) longest = lane
    }
    if (longest === null) return null
    return { host: longest.host, tasks: longest.backlog, forMs: Math.max(0, longest.wakeAt - now) }
  }

  #forget(lane: Lane): void {
    this.#lanes.delete(lane.host)
    if (lane.isUrgent) this.#urgentLanes--
  }

  #enter(lane: Lane): void {
    if (lane.isUrgent && !lane.inUrgent) {
      lane.inUrgent = true
      this.#urgent.push(lane)
    } else if (!lane.isUrgent && !lane.inRing) {
      lane.inRing = true
      this.#ready.push(lane)
    }
  }

  #nextUrgent(): Lane | undefined {
    for (let lane = this.#urgent.shift(); lane; lane = this.#urgent.shift()) {
      lane.inUrgent = false
      if (lane.state === 'ready') return lane
    }
    return undefined
  }

  #nextInRing(): Lane | undefined {
    for (let lane = this.#ready.shift(); lane; lane = this.#ready.shift()) {
      lane.inRing = false
      if (lane.state === 'ready') return lane
    }
    return undefined
  }

  #unpark(lane: Lane): void {
    lane.wakeAt = Number.POSITIVE_INFINITY
    this.#parked.remove(lane)
  }
}
