/**
 * Reads an answer of the Vendo API into a type. Written by hand because even the smallest schema library is a quarter of
 * what this package may weigh, and the answers are few and flat. Unknown fields are left out.
 *
 * @throws {ShapeError} with the path of the first field that is not as expected, never with its value.
 */
export type Shape<T> = (value: unknown, path: string) => T

/** The type a shape reads. */
export type Shaped<S> = S extends Shape<infer T> ? T : never

/** An answer is not of the expected shape. */
export class ShapeError extends Error {
  /** Where, such as `groups.0.calls`; empty for the whole answer. */
  readonly path: string

  constructor(path: string) {
    super(`Unexpected value at ${path}`)
    this.path = path
  }
}

const guard =
  <T>(isT: (value: unknown) => value is T): Shape<T> =>
  (value, path) => {
    if (isT(value)) return value
    throw new ShapeError(path)
  }

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A string. */
export const text: Shape<string> = guard((value) => typeof value === 'string')

/** A boolean. */
export const flag: Shape<boolean> = guard((value) => typeof value === 'boolean')

/** An integer that a JSON number holds exactly. */
export const integer: Shape<number> = guard((value): value is number => Number.isSafeInteger(value))

/** A JSON object of anything. */
export const anyRecord: Shape<Readonly<Record<string, unknown>>> = guard(isRecord)

/** Nano-USD: a decimal string in JSON, a bigint here. */
export const nanos: Shape<bigint> = (value, path) => {
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
  throw new ShapeError(path)
}

/** An ISO 8601 instant. */
export const instant: Shape<Date> = (value, path) => {
  const date = new Date(text(value, path))
  if (Number.isNaN(date.getTime())) throw new ShapeError(path)
  return date
}

/** One of a few strings. */
export const oneOf = <const T extends string>(...choices: readonly T[]): Shape<T> =>
  guard((value): value is T => (choices as readonly unknown[]).includes(value))

/** The shape, or `null`; an absent field counts as `null`. */
export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null || value === undefined ? null : shape(value, path)

/** An array. */
export const listOf =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path)
    return value.map((item: unknown, index) => shape(item, below(path, String(index))))
  }

/** A JSON object whose names are data. */
export const recordOf =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(anyRecord(value, path)).map(([name, item]) => [name, shape(item, below(path, name))]),
    )

/** A JSON object whose names are known. */
export const fields =
  <S extends Readonly<Record<string, Shape<unknown>>>>(shapes: S): Shape<{ readonly [K in keyof S]: Shaped<S[K]> }> =>
  (value, path) => {
    const record = anyRecord(value, path)
    const entries = Object.entries(shapes).map(([name, shape]) => {
      const item = Object.hasOwn(record, name) ? record[name] : undefined
      return [name, shape(item, below(path, name))]
    })
    return Object.fromEntries(entries)
  }

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
