import { createVendoError } from '@vendo/contract'

/**
 * How many entries a list at the top of a body may have. Each is far above what any provider documents: OpenRouter takes a
 * handful of models, OpenAI 128 tools and 4 stop sequences.
 */
export const maxListLengths: Readonly<Record<string, number>> = { models: 100, fallbacks: 100, tools: 1_024, stop: 256 }

/**
 * Refuses a list that is too long before anything is worked out for each of its entries.
 *
 * @throws {VendoError} `validation_failed`
 */
export const assertListLengths = (body: Readonly<Record<string, unknown>>): void => {
  for (const name in maxListLengths) {
    const list = body[name]
    const max = maxListLengths[name] ?? 0
    if (!Array.isArray(list) || list.length <= max) continue
    throw createVendoError(`\`${name}\` has ${list.length} entries; ${max} are allowed.`, {
      code: 'validation_failed',
      suggestedFix: `Send at most ${max}.`,
    })
  }
}
