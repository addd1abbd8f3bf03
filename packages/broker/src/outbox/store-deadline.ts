import { type Place, Roster } from '../roster/roster.ts'
import { storeUnavailable } from '../store/store-error.ts'

/** How long a call may wait for the store before it is refused: clients are promised an answer within a second. */
export const admissionDeadlineMs = 900
/** How long a settlement may wait before it goes to the disk instead; nobody is waiting for it. */
export const settleDeadlineMs = 5_000

/**
 * The result of a store call, or its refusal after so many milliseconds. The call itself goes on.
 *
 * @throws {VendoError} `store_unavailable` when time is up, and whatever the call throws.
 */
export const withinDeadline = <T>(work: Promise<T>, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const line = lineOf(ms)
    const refusal = line.add(() => reject(storeUnavailable(`The store has not answered for ${ms} ms.`)))
    work.then(
      (value) => {
        line.remove(refusal)
        resolve(value)
      },
      (error: unknown) => {
        line.remove(refusal)
        reject(error)
      },
    )
  })

interface Refusal {
  readonly refuse: () => void
  readonly dueAt: number
}

/**
 * Calls that may wait equally long are due in the order in which they came, so the first one's timer is enough for all: a timer
 * for each call would cost more than the rest of its wait.
 */
class WaitingLine {
  readonly #ms: number
  readonly #waiting = new Roster<Refusal>()
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number) {
    this.#ms = ms
  }

  add(refuse: () => void): Place<Refusal> {
    const place = this.#waiting.add({ refuse, dueAt: performance.now() + this.#ms })
    this.#timer ??= setTimeout(this.#look, this.#ms)
    return place
  }

  remove(place: Place<Refusal>): void {
    this.#waiting.remove(place)
    if (this.#waiting.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  readonly #look = (): void => {
    // After a stall of this process the answers may be waiting unread behind the timer: they get one turn more.
    setImmediate(() => {
      const now = performance.now()
      clearTimeout(this.#timer)
      this.#timer = undefined
      for (let place = this.#waiting.first; place !== undefined; place = this.#waiting.first) {
        const { dueAt, refuse } = place.member
        if (dueAt > now) {
          this.#timer = setTimeout(this.#look, dueAt - now)
          return
        }
        this.#waiting.remove(place)
        refuse()
      }
    })
  }
}

const lines = new Map<number, WaitingLine>()

const lineOf = (ms: number): WaitingLine => {
  const known = lines.get(ms)
  if (known !== undefined) return known
  const line = new WaitingLine(ms)
  lines.set(ms, line)
  return line
}
