import { pairBaseUrl } from './pair-base-url.ts'
import { absent, found, type LocalSource, skipped } from './source.ts'

/** 6: the nearest `.env` file; without a Vendo key only. */
export const dotenvFile: LocalSource = {
  name: 'dotenv',
  look: ({ slug, row, settings: { apiKey, env }, readDotenv }) => {
    if (apiKey !== undefined) return skipped('a client with a Vendo key does not use keys of your own')
    if (row === undefined) return skipped(`"${slug}" has no variable`)
    const file = readDotenv()
    if (file.variables === undefined) return file.applies ? absent(file.reason) : skipped(file.reason)
    const names = [row.primary, ...row.aliases]
    for (const variable of names) {
      const token = file.variables.get(variable)
      if (token === undefined) continue
      const name = `${variable} in ${file.path}`
      return found(pairBaseUrl({ slug, token, name, row, environments: [file.variables, env] }), `${name} is set`)
    }
    return absent(`${file.path} sets ${names.length === 1 ? `no ${names[0]}` : `none of ${names.join(', ')}`}`)
  },
}
