import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ExpectedUsage, loadExpectedUsage } from '../expected-usage.ts'
import { listTranscripts, loadTranscript, type TranscriptReference } from '../replay.ts'
import { type Family, families } from './families.ts'
import type { NamedModel } from './missing-rates.ts'
import { replayRequest } from './replay-request.ts'

/** One recording to replay. */
export interface PlannedExchange {
  readonly reference: TranscriptReference
  readonly family: Family
  /** Absent where the recording reports no usage: nothing is compared then. */
  readonly expected?: ExpectedUsage
}

/** What a folder of recordings asks for. */
export interface Plan {
  readonly exchanges: readonly PlannedExchange[]
  /** Number of recordings by the family that the runner does not know. */
  readonly skipped: ReadonlyMap<string, number>
  /** Lines of `expected_usage.jsonl` of a known family without a recording. */
  readonly orphanedLines: readonly string[]
}

const isFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** Lists what to replay under `root`. Loads no recording. Throws when `expected_usage.jsonl` is unreadable. */
export const planTranscripts = async (root: string): Promise<Plan> => {
  const usagePath = join(root, 'expected_usage.jsonl')
  const expected = (await isFile(usagePath)) ? await loadExpectedUsage(usagePath) : new Map<string, ExpectedUsage>()
  const exchanges: PlannedExchange[] = []
  const skipped = new Map<string, number>()
  for (const reference of await listTranscripts(root)) {
    if (!(await isFile(join(reference.folder, 'meta.json')))) continue
    const key = `${reference.provider}/${reference.id}`
    const line = expected.get(key)
    expected.delete(key)
    const family = families.get(reference.provider)
    if (family === undefined) skipped.set(reference.provider, (skipped.get(reference.provider) ?? 0) + 1)
    else exchanges.push({ reference, family, ...(line !== undefined && { expected: line }) })
  }
  const orphanedLines = [...expected.values()].flatMap(({ provider, id }) =>
    families.has(provider) ? [`${provider}/${id}`] : [],
  )
  return { exchanges, skipped, orphanedLines }
}

/** Every model that a planned recording names, once. Unreadable recordings name none; they fail when they are replayed. */
export const modelsOf = async (exchanges: readonly PlannedExchange[]): Promise<NamedModel[]> => {
  const named = new Map<string, NamedModel>()
  for (const { reference, family } of exchanges) {
    const transcript = await loadTranscript(reference).catch(() => undefined)
    if (transcript === undefined) continue
    for (const model of replayRequest(transcript, family).models) {
      named.set(`${family.slug} ${model}`, { integration: family.slug, model })
    }
  }
  return [...named.values()]
}
