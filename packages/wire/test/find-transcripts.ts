import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of recorded transcripts: `$VENDO_SHARED/transcripts`, or in a folder `shared` beside any folder above. */
export const findTranscripts = (): string | undefined => {
  const shared = process.env['VENDO_SHARED']
  if (shared !== undefined && shared !== '') return join(shared, 'transcripts')
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, '..', 'shared', 'transcripts')
    if (existsSync(candidate)) return candidate
  }
  return undefined
}
