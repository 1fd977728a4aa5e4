// How many retries a run can afford: a share of its requests, so that an outage cannot multiply its load.

/** So many are free: a share of a short run is nothing. */
const freeRetries = 50

export class RetryBudget {
  readonly #share: number
  #requests = 0
  #retries = 0

  /** @param share of all requests, retries among them, from 0 to 1; 1 is no limit */
  constructor(share: number) {
    this.#share = share
  }

  /** A request is made. */
  onRequest(): void {
    this.#requests++
  }

  /** Takes a retry out of the budget; false where it is spent. */
  spend(): boolean {
    const most = this.#share === 0 ? 0 : Math.max(freeRetries, this.#share * (this.#requests + 1))
    if (this.#share < 1 && this.#retries + 1 > most) return false
    this.#retries++
    return true
  }
}
