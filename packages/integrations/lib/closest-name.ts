/**
 * The name that a mistyped one was probably meant to be: the fewest single-character edits away, at most a third of its
 * length (and at least one). `undefined` when nothing is that near.
 */
export const closestName = (typed: string, names: readonly string[]): string | undefined =>
  closestNames(typed, names)[0]

/** All names that near, the nearest first. */
export const closestNames = (typed: string, names: readonly string[]): readonly string[] => {
  const wanted = typed.toLowerCase()
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  return names
    .map((name) => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name)
}

/** Levenshtein distance, one row of the matrix at a time; the length guard keeps a huge input from costing anything. */
const editDistance = (from: string, to: string): number => {
  if (Math.abs(from.length - to.length) > to.length) return Number.POSITIVE_INFINITY
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const substitution = from[row - 1] === to[column - 1] ? 0 : 1
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + substitution,
        ),
      )
    }
    previous = current
  }
  return previous[to.length] ?? Number.POSITIVE_INFINITY
}
