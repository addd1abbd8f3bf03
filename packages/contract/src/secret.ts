const redacted = '[redacted]'

/**
 * A string that must not be seen. Template strings, `JSON.stringify`, `console.log`, `util.inspect` and `structuredClone`
 * all show `[redacted]` or nothing; {@link Secret.reveal} is the only way out, and the lint in `tools/` counts its callers.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The string itself. Call it only where the credential is applied, encrypted or returned to its owner. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }
}

// `util.inspect` asks for this symbol; defined outside the class so that the declaration stays free of computed names.
Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => redacted })
