import { readFileSync } from 'node:fs'
import { isWellFormedVendoKey, Secret } from '@vendo/contract'
import { writePrivateFile } from './write-private-file.ts'

/** Keeps a Vendo key in a file for its owner only. */
export const writeKeyFile = (path: string, key: Secret): void => writePrivateFile(path, `${key.reveal()}\n`)

/** The Vendo key in a file; `undefined` when there is no file or no whole key in it. */
export const readKeyFile = (path: string): Secret | undefined => {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return isWellFormedVendoKey(text) ? new Secret(text) : undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
