import { overrideVariable } from '../slug.ts'
import { pairIfVendoKey } from './pair-base-url.ts'
import { absent, found, type LocalSource } from './source.ts'

/** 2: `VENDO_TOKEN_<SLUG>`. */
export const tokenOverride: LocalSource = {
  name: 'override',
  look: ({ slug, row, settings: { env } }) => {
    const name = overrideVariable(slug)
    const token = env.get(name)
    if (token === undefined) return absent(`${name} is not set`)
    return found(pairIfVendoKey({ slug, token, name, row, environments: [env] }), `${name} is set`)
  },
}
