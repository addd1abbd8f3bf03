/**
 * Something that is there already, or will be. What the broker remembers is there for almost every call, and each `await` would
 * cost it a turn of the microtask queue and some garbage.
 */
export type Soon<T> = T | Promise<T>

/** Goes on with a value, at once when it is there. */
export const andThen = <T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> =>
  value instanceof Promise ? value.then(next) : next(value)
