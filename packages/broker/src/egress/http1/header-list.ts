/** The headers of an answer in the order they came. */
export class HeaderList {
  /** Name, value, name, value; names in lower case, values without the white space around them. */
  readonly flat: readonly string[]

  constructor(flat: readonly string[]) {
    this.flat = flat
  }

  /** The value of a header by its lower-case name. Values of a repeated one are joined with commas (RFC 9110, section 5.3). */
  get(name: string): string | undefined {
    const { flat } = this
    let found: string | undefined
    for (let index = 0; index < flat.length; index += 2) {
      if (flat[index] !== name) continue
      const value = flat[index + 1] as string
      found = found === undefined ? value : `${found}, ${value}`
    }
    return found
  }

  /** The same list but for some names. */
  without(...names: readonly string[]): HeaderList {
    const { flat } = this
    return new HeaderList(flat.filter((_, index) => !names.includes(flat[index - (index % 2)] as string)))
  }
}

/** No headers at all. */
export const noHeaders: HeaderList = new HeaderList([])
