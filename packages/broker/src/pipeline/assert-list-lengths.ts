import { createVendoError } from '@vendo/contract'

/**
 * How many entries a list at the top of a body, or of Gemini's `generationConfig`, may have. Each is far above what any
 * provider documents: OpenRouter takes a handful of models, OpenAI 128 tools and 4 stop sequences.
 */
export const maxListLengths: Readonly<Record<string, number>> = {
  models: 100,
  fallbacks: 100,
  tools: 1_024,
  stop: 256,
  stop_sequences: 256,
  stopSequences: 256,
}

type Members = Readonly<Record<string, unknown>>

/**
 * Refuses a list that is too long before anything is worked out for each of its entries.
 *
 * @throws {VendoError} `validation_failed`
 */
export const assertListLengths = (body: Members): void => {
  assertLists(body, '')
  for (const name of ['generationConfig', 'generation_config']) {
    const config = body[name]
    if (typeof config === 'object' && config !== null) assertLists(config as Members, `${name}.`)
  }
}

const assertLists = (members: Members, path: string): void => {
  for (const name in maxListLengths) {
    const list = members[name]
    const max = maxListLengths[name] ?? 0
    if (!Array.isArray(list) || list.length <= max) continue
    throw createVendoError(`\`${path}${name}\` has ${list.length} entries; ${max} are allowed.`, {
      code: 'validation_failed',
      suggestedFix: `Send at most ${max}.`,
    })
  }
}
