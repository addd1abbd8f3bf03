import { createVendoError, type VendoError } from '@vendo/contract'
import type { KnownSlug } from '@vendo/integrations/env-table'

/** An integration: one of the catalog (completed by editors), or any other that the Vendo API or `integrations` knows. */
export type Slug = KnownSlug | (string & {})

const shape = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Whether a value has the shape of a slug, so that it may stand in a path and in a variable name. */
export const isSlug = (value: unknown): value is string => typeof value === 'string' && shape.test(value)

/** The error for something that cannot be a slug: code `validation_failed`. */
export const createSlugError = (value: unknown): VendoError =>
  createVendoError(`${describe(value)} is not an integration slug.`, {
    code: 'validation_failed',
    suggestedFix: 'Use lower-case letters, digits and dashes, as in "anthropic".',
  })

/** A value as an error may quote it: short, and never an object's content. */
const describe = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `A value of type ${typeof value}`

/** The name of the variable that overrides every other source: `VENDO_TOKEN_` and the slug in upper case. */
export const overrideVariable = (slug: string): string => `VENDO_TOKEN_${slug.toUpperCase().replaceAll('-', '_')}`

/** The known slug that was probably meant, or `undefined` when none is within two edits (one for a short slug). */
export const suggestSlug = (slug: string, known: Iterable<string>): string | undefined => {
  let best: string | undefined
  let bestDistance = slug.length < 5 ? 2 : 3
  for (const candidate of known) {
    const distance = countEdits(slug, candidate)
    if (distance >= bestDistance) continue
    best = candidate
    bestDistance = distance
  }
  return best
}

/** Levenshtein distance, row by row. */
const countEdits = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
