/** The same record while it is being put together: one object that fields are added to, not a copy for each. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }
