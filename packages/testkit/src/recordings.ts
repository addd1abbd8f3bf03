import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The scrubbed recordings of the repository: at least one of each wire format, whole and streamed. */
export const recordingsRoot: string = join(import.meta.dirname, '../test/fixtures/recordings')

/** A set of recorded exchanges and its folder, as `describe.each` takes it. */
export interface RecordingSet {
  readonly set: string
  readonly root: string
}

/** Every set of recordings at hand: the repository's own, and the larger one of `$VENDO_SHARED/transcripts`, or of a folder `shared` beside any folder above. */
export const recordingSets = (): readonly RecordingSet[] => {
  const own = { set: 'the recordings of the repository', root: recordingsRoot }
  const root = findLargerSet()
  return root === undefined ? [own] : [own, { set: 'all recordings', root }]
}

const findLargerSet = (): string | undefined => {
  const candidates: string[] = []
  const named = process.env['VENDO_SHARED']
  if (named !== undefined && named !== '') candidates.push(join(named, 'transcripts'))
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    candidates.push(join(folder, '..', 'shared', 'transcripts'))
  }
  return candidates.find((candidate) => existsSync(join(candidate, 'expected_usage.jsonl')))
}
