import { isVendoError } from '@vendo/contract'
import { type AdmitInput, admit, assertReadable } from './admit.ts'
import { type BodyReading, examineBody } from './examine-body.ts'
import type { MeteredBody } from './read-metered-body.ts'
import type { Admission } from './records.ts'
import type { RefusedBodies } from './refused-bodies.ts'
import { andThen, type Soon } from './soon.ts'

/** What bodies are examined with before their calls are admitted. */
export interface BodyExamination extends BodyReading {
  readonly refused: RefusedBodies
}

/**
 * Admits a request with the body that it came with: at once, or after a thread has read it.
 *
 * @throws {VendoError} as `admit` and `examineBody` do.
 */
export const admitBody = (examination: BodyExamination, input: AdmitInput): Soon<Admission> => {
  const { wireFormat } = input.route
  if (input.route.class === 'free' || wireFormat === undefined) return admit(input)
  assertReadable(input)
  const asked = {
    bytes: input.body,
    wireFormat,
    path: input.address.path,
    asksForChatUsage: input.target.provider.asksForChatUsage,
  }
  const read = countRefused(examination.refused, input, () => examineBody(examination, asked))
  return andThen(read, (body) => admit({ ...input, read: body }))
}

/** A body that is refused counts for its key. */
const countRefused = (
  refused: RefusedBodies,
  { caller }: AdmitInput,
  examine: () => Soon<MeteredBody>,
): Soon<MeteredBody> => {
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
