import { countOf, type Fields, listOf, textOf } from './asked.ts'

/** Embeddings that mean nothing: one token per four characters, at least one for each input. */
export const embeddingsOf = (body: Fields) => {
  const inputs = Array.isArray(body['input']) ? listOf(body['input']) : [body['input']]
  const dimensions = Math.min(countOf(body['dimensions']) ?? 8, 4_096)
  const tokens = inputs.reduce<number>((total, input) => total + tokensOf(input), 0)
  return {
    object: 'list',
    model: textOf(body['model']) ?? '',
    data: inputs.map((_, index) => {
      const vector = Float32Array.from({ length: dimensions }, (_, place) => ((index + place) % 7) / 8)
      const embedding =
        body['encoding_format'] === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]
      return { object: 'embedding', index, embedding }
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

const tokensOf = (input: unknown): number =>
  Array.isArray(input) ? input.length : Math.max(1, Math.ceil((textOf(input) ?? '').length / 4))
