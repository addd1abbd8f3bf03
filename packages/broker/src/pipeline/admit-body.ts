import { isVendoError } from '@vendo/contract'
import { type AdmitInput, admit } from './admit.ts'
import type { BodyWorkers } from './body-workers.ts'
import { examineBody } from './examine-body.ts'
import type { StructureLimits } from './json-structure.ts'
import type { BufferedBody } from './read-body.ts'
import type { Admission, Caller } from './records.ts'
import type { RefusedBodies } from './refused-bodies.ts'
import { andThen, type Soon } from './soon.ts'

/** What bodies are examined with before their calls are admitted. */
export interface BodyExamination {
  readonly structure: StructureLimits
  readonly workers: BodyWorkers
  readonly refused: RefusedBodies
}

/** What a call with a body in memory is admitted from. */
export interface AdmitBodyInput extends Omit<AdmitInput, 'body' | 'read'> {
  readonly body: BufferedBody
}

/** Whether anything of a body counts: its cost, or on a pooled credential the stored objects that it names. */
export const isExamined = ({ route, target }: Pick<AdmitInput, 'route' | 'target'>): boolean =>
  route.wireFormat !== undefined || (route.bodyFormat !== undefined && !target.byok)

/**
 * Admits a request with the body that it came with: at once, or after a thread has read it.
 *
 * @throws {VendoError} as `admit` and `examineBody` do.
 */
export const admitBody = ({ refused, workers }: BodyExamination, input: AdmitBodyInput): Soon<Admission> => {
  const { body, route, target, address } = input
  const free = route.class === 'free' || route.wireFormat === undefined
  const wireFormat = route.wireFormat ?? route.bodyFormat
  if (wireFormat === undefined || !isExamined(input) || (free && body.length === 0)) {
    return admit({ ...input, body: body.bytes })
  }
  const { asksForChatUsage } = target.provider
  const read = countRefused(refused, input.caller, () =>
    examineBody(workers, body, { wireFormat, path: address.path, asksForChatUsage: asksForChatUsage && !free, free }),
  )
  return andThen(read, (read) => admit({ ...input, body: read.outgoing, read }))
}

/** Counts for its key what is refused as a body. */
export const countRefused = <Read>(refused: RefusedBodies, caller: Caller, examine: () => Soon<Read>): Soon<Read> => {
  const count = (error: unknown): never => {
    if (isVendoError(error) && error.code === 'validation_failed') refused.refused(caller)
    throw error
  }
  try {
    const read = examine()
    return read instanceof Promise ? read.catch(count) : read
  } catch (error) {
    return count(error)
  }
}
