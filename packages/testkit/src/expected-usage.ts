import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** One line of `expected_usage.jsonl`: what a meter must arrive at for one exchange. */
export interface ExpectedUsage {
  readonly provider: string
  readonly id: string
  /** The counts as the file names them; see `transcripts/compare-usage.ts` for what each must equal. */
  readonly counts: Readonly<Record<string, number | boolean>>
}

/** What a line says about the exchange and not about its usage. */
const labels: ReadonlySet<string> = new Set(['provider', 'id', 'model', 'stream'])

/**
 * Reads one line.
 *
 * @throws {TypeError} when it is not JSON, or misses its provider or id, or has a count that is no number or boolean.
 */
export const parseExpectedUsage = (line: string): ExpectedUsage => {
  const row = JSON.parse(line) as Record<string, unknown>
  const { provider, id } = row
  if (typeof provider !== 'string' || typeof id !== 'string')
    throw new TypeError('expected usage without provider or id')
  const counts: Record<string, number | boolean> = {}
  for (const [name, value] of Object.entries(row)) {
    if (labels.has(name)) continue
    if (typeof value !== 'number' && typeof value !== 'boolean')
      throw new TypeError(`${provider}/${id}: ${name} is no count`)
    counts[name] = value
  }
  return { provider, id, counts }
}

/** Every line of a file, keyed by `provider/id`. Throws as {@link parseExpectedUsage}, and on a second line for one exchange. */
export const loadExpectedUsage = async (path: string): Promise<Map<string, ExpectedUsage>> => {
  const expected = new Map<string, ExpectedUsage>()
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    const row = parseExpectedUsage(line)
    const key = `${row.provider}/${row.id}`
    if (expected.has(key)) throw new TypeError(`${key}: expected usage stands there twice`)
    expected.set(key, row)
  }
  return expected
}
