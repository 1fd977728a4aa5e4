// The fetches under way, by the signal that aborts them: one listener per signal, however many they are.

export interface Abortable {
  /** Its place among those of its signal; kept by UnderWay. */
  place: number
  /** Ends it. It removes itself. */
  abort(): void
}

interface Group {
  readonly signal: AbortSignal
  /** In no order: the last takes the place of one that leaves. An array, since hashing each member would cost more. */
  readonly members: Abortable[]
  readonly listener: () => void
}

export class UnderWay {
  readonly #groups = new Map<AbortSignal, Group>()

  add(member: Abortable, signal: AbortSignal): void {
    const { members } = this.#groups.get(signal) ?? this.#watch(signal)
    member.place = members.length
    members.push(member)
  }

  remove(member: Abortable, signal: AbortSignal): void {
    const group = this.#groups.get(signal)
    const last = group?.members.pop()
    if (group === undefined || last === undefined) return
    if (last !== member) {
      group.members[member.place] = last
      last.place = member.place
    }
    if (group.members.length > 0) return
    this.#groups.delete(signal)
    signal.removeEventListener('abort', group.listener)
  }

  abortAll(): void {
    for (const group of this.#groups.values()) group.listener()
  }

  #watch(signal: AbortSignal): Group {
    const members: Abortable[] = []
    const listener = () => {
      for (const member of members.slice()) member.abort()
    }
    signal.addEventListener('abort', listener)
    const group = { signal, members, listener }
    this.#groups.set(signal, group)
    return group
  }
}
