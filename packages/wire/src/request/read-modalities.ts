import type { RequestFacts } from '../request-facts.ts'

const modalities = ['text', 'audio', 'image'] as const

/** What a body's `modalities` say that an answer may hold; text where they say nothing that is known. */
export const readModalities = (value: unknown): RequestFacts['outputModalities'] => {
  const asked = Array.isArray(value) ? modalities.filter((modality) => value.includes(modality)) : []
  return asked.length === 0 ? ['text'] : asked
}
