/** The place of one member in a {@link Roster}. */
export interface Place<T> {
  readonly member: T
  /** Whether the member is still in. */
  readonly listed: boolean
}

interface Link<T> extends Place<T> {
  listed: boolean
  before: Link<T> | undefined
  after: Link<T> | undefined
}

/**
 * What comes and goes with every call, in the order in which it came. A `Set` does the same and costs far more: whenever its
 * table fills up V8 makes a new one and has the old one point at it. Once one of them has reached the old generation, each
 * keeps the next from being collected, and with it every member of its time, until the next major collection.
 */
export class Roster<T> implements Iterable<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a member behind the others. */
  add(member: T): Place<T> {
    const link: Link<T> = { member, listed: true, before: this.#last, after: undefined }
    if (this.#last === undefined) this.#first = link
    else this.#last.after = link
    this.#last = link
    this.#size++
    return link
  }

  /** Takes the member of a place of this roster out. Nothing happens when it is out already. */
  remove(place: Place<T>): void {
    const link = place as Link<T>
    if (!link.listed) return
    const { before, after } = link
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    link.listed = false
    // A place that outlives its membership must not keep others alive.
    link.before = undefined
    link.after = undefined
    this.#size--
  }

  /** The first place, if there is any. */
  get first(): Place<T> | undefined {
    return this.#first
  }

  /** The members at the moment when the walk begins. */
  [Symbol.iterator](): Iterator<T> {
    const members: T[] = []
    for (let link = this.#first; link !== undefined; link = link.after) members.push(link.member)
    return members[Symbol.iterator]()
  }
}
