import { pairBaseUrl } from './pair-base-url.ts'
import { absent, found, type LocalSource, skipped } from './source.ts'

/** 5: the user's own environment, primary variable first; without a Vendo key only. */
export const environment: LocalSource = {
  name: 'env',
  look: ({ slug, row, settings: { apiKey, env } }) => {
    if (apiKey !== undefined) return skipped('a client with a Vendo key does not use keys of your own')
    if (row === undefined) return skipped(`"${slug}" has no variable`)
    const names = [row.primary, ...row.aliases]
    for (const name of names) {
      const token = env.get(name)
      if (token === undefined) continue
      return found(pairBaseUrl({ slug, token, name, row, environments: [env] }), `${name} is set`)
    }
    return absent(`${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not set`)
  },
}
