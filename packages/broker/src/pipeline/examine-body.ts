import { setImmediate } from 'node:timers/promises'
import type { BodyWorkers } from './body-workers.ts'
import { JsonStructure, type StructureLimits } from './json-structure.ts'
import { type MeteredBody, type MeteredBodyInput, readMeteredBody } from './read-metered-body.ts'
import type { Soon } from './soon.ts'

/** Bodies up to this are read where they are: moving one to a thread and back takes longer. */
export const maxInlineBytes = 256 * 1024
/** How much is counted in one turn. */
const sliceBytes = 256 * 1024

/** What large bodies are read with. */
export interface BodyReading {
  readonly structure: StructureLimits
  readonly workers: BodyWorkers
}

/**
 * Counts the structure of a body first, then reads it: a small one at once, a large one in a thread, so that no body keeps
 * the calls of others waiting.
 *
 * @throws {VendoError} `validation_failed`, or `overloaded` when a thread has no room or failed.
 */
export const examineBody = ({ structure, workers }: BodyReading, input: MeteredBodyInput): Soon<MeteredBody> => {
  const { bytes } = input
  const counted = new JsonStructure(structure)
  if (bytes.length > maxInlineBytes) return examineLarge(counted, workers, input)
  counted.add(bytes)
  return readMeteredBody(input)
}

const examineLarge = async (counted: JsonStructure, workers: BodyWorkers, input: MeteredBodyInput) => {
  for (let start = 0; start < input.bytes.length; start += sliceBytes) {
    counted.add(input.bytes.subarray(start, start + sliceBytes))
    await setImmediate()
  }
  return workers.read(input)
}
