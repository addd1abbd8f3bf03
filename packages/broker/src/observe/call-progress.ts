/**
 * How far one call got, and when. Its own clock is monotonic and finer than a millisecond, because what the broker adds to a call
 * is far less than one.
 */
export class CallProgress {
  readonly #now: () => number
  readonly #startedAt: number
  #bodyAwaitedAt = 0
  #bodyMs = 0
  #lineMs = 0
  #addedMs: number | undefined
  #route: string | undefined

  /** @param now milliseconds from any fixed instant. */
  constructor(now: () => number = monotonic) {
    this.#now = now
    this.#startedAt = now()
  }

  /** The provider's table has this route, by method and path. */
  classified(route: string): void {
    this.#route = route
  }

  /** From here on the broker waits for the client's body. */
  bodyAwaited(): void {
    this.#bodyAwaitedAt = this.#now()
  }

  /** The body is whole. */
  bodyRead(): void {
    this.#bodyMs = this.#now() - this.#bodyAwaitedAt
  }

  /** The call waited so many ms for money that other calls held. */
  lineWaited(ms: number): void {
    this.#lineMs += ms
  }

  /** The call goes to its provider now. Only the first dispatch counts. */
  dispatched(): void {
    this.#addedMs ??= this.#now() - this.#startedAt - this.#bodyMs - this.#lineMs
  }

  /** Method and path as the provider's table writes them; absent when the call did not get there. */
  get route(): string | undefined {
    return this.#route
  }

  /** What the broker itself took before it dispatched the call, the hold included, in ms; absent when it never did. */
  get addedMs(): number | undefined {
    return this.#addedMs
  }
}

const monotonic = (): number => performance.now()
