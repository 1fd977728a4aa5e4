// One waits until another opens.

export class Latch {
  #open: (() => void) | null = null

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#open = resolve
    })
  }

  /** Ends the wait, where there is one. */
  open(): void {
    const open = this.#open
    this.#open = null
    open?.()
  }
}
