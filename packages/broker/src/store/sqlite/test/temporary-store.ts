import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A path for a store in a fresh folder, which the caller removes. */
export const temporaryStorePath = (): { readonly folder: string; readonly path: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'vendo-store-'))
  return { folder, path: join(folder, 'store.db') }
}
