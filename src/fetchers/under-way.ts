// The fetches under way, by the signal that aborts them: one listener per signal, however many they are.

export interface Abortable {
  abort(): void
}

interface Group {
  readonly members: Set<Abortable>
  readonly listener: () => void
}

export class UnderWay {
  readonly #groups = new Map<AbortSignal, Group>()

  add(member: Abortable, signal: AbortSignal): void {
    const group = this.#groups.get(signal) ?? this.#watch(signal)
    group.members.add(member)
  }

  remove(member: Abortable, signal: AbortSignal): void {
    const group = this.#groups.get(signal)
    if (group === undefined || !group.members.delete(member) || group.members.size > 0) return
    this.#groups.delete(signal)
    signal.removeEventListener('abort', group.listener)
  }

  abortAll(): void {
    for (const group of this.#groups.values()) group.listener()
  }

  #watch(signal: AbortSignal): Group {
    const members = new Set<Abortable>()
    const listener = () => {
      for (const member of members) member.abort()
    }
    signal.addEventListener('abort', listener)
    const group = { members, listener }
    this.#groups.set(signal, group)
    return group
  }
}
