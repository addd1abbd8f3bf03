import { inferenceKeyPrefix } from '@vendo/contract'
import { pairBaseUrl } from './pair-base-url.ts'
import { absent, found, type LocalSource, skipped } from './source.ts'

/** 3: the integration's primary variable, where a deployment platform put it. Never for a token that rotates. */
export const injectedVariable: LocalSource = {
  name: 'injected',
  look: ({ slug, row, settings: { env } }) => {
    if (row === undefined) return skipped(`"${slug}" has no variable to inject`)
    const { primary: name } = row
    if (row.rotating) return skipped(`the token of "${slug}" rotates, so it is never injected`)
    const token = env.get(name)
    if (token === undefined) return absent(`${name} is not set`)
    const isListed = readList(env.get('VENDO_INJECTED')).includes(name)
    if (!isListed && !token.startsWith(inferenceKeyPrefix)) {
      return absent(`${name} holds no Vendo key and is not listed in VENDO_INJECTED`)
    }
    const reason = isListed ? `${name} is set and listed in VENDO_INJECTED` : `${name} holds a Vendo key`
    return found(pairBaseUrl({ slug, token, name, row, environments: [env] }), reason)
  },
}

const readList = (text: string | undefined): readonly string[] => (text ?? '').split(',').map((name) => name.trim())
