// Which hosts may be asked now, which later, and which are done with: the lanes, in a ring, in a heap, or forgotten.

import { Deque } from './deque.js'
import { Heap } from './heap.js'
import { Lane } from './lane.js'

export class Schedule {
  readonly #lanes = new Map<string, Lane>()
  /** In turn. A lane that was parked or emptied since it entered is passed over when its turn comes. */
  readonly #ready = new Deque<Lane>()
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
      if (lane.inFlight === 0) this.#lanes.delete(lane.host)
      return
    }
    if (delayMs <= 0) {
      lane.setState('ready', now, gateMs)
      this.#unpark(lane)
      if (lane.inRing) return
      lane.inRing = true
      this.#ready.push(lane)
      return
    }
    lane.setState('parked', now, gateMs)
    lane.wakeAt = now + delayMs
    if (delayMs === Number.POSITIVE_INFINITY) this.#parked.remove(lane)
    else this.#parked.put(lane)
  }

  /** The lane whose turn it is; it leaves the ring. */
  nextReady(): Lane | undefined {
    for (let lane = this.#ready.shift(); lane; lane = this.#ready.shift()) {
      lane.inRing = false
      if (lane.state === 'ready') return lane
    }
    return undefined
  }

  get mayHaveReady(): boolean {
    return this.#ready.length > 0
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

  /** The held-back lane with the most tasks. */
  longestParked(): Lane | null {
    let longest: Lane | null = null
    for (const lane of this.#lanes.values()) {
      if (lane.state === 'parked' && lane.length > (longest?.length ?? 0)) longest = lane
    }
    return longest
  }

  #unpark(lane: Lane): void {
    lane.wakeAt = Number.POSITIVE_INFINITY
    this.#parked.remove(lane)
  }
}
