/** Adds one more value of a repeatable option that names an origin; the broker checks it. */
export const collectOrigin = (origin: string, before: readonly string[] = []): readonly string[] => [...before, origin]

/** The origins of an environment variable, which stand there with commas between them. */
export const originsOf = (value: string | undefined): readonly string[] =>
  (value ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '')
