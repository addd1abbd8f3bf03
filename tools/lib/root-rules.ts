/** What may stand at the root of the repository: what a reader or a tool looks for there by name. */
export const rootEntries: readonly RegExp[] = [
  /^(README|CONTRIBUTING|SECURITY|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^\.(gitignore|gitattributes|npmrc|nvmrc|editorconfig)$/,
  /^(package|package-lock|biome|tsconfig|tsconfig\.base)\.json$/,
  /^vitest\.([a-z]+\.)?(config|workspace)\.ts$/,
  /^(\.changeset|\.ci|\.github|bench|docs|examples|packages|tools)$/,
]

/** Entries of the root that no rule allows, such as a profiler's log that was committed by mistake. */
export const findStrays = (entries: readonly string[]): readonly string[] =>
  entries.filter((entry) => !rootEntries.some((allowed) => allowed.test(entry)))
