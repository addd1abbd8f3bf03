import type { BodyWorkers } from './body-workers.ts'
import type { BufferedBody } from './read-body.ts'
import { type MeteredBody, type MeteredBodyInput, readMeteredBody } from './read-metered-body.ts'
import type { Soon } from './soon.ts'

/** Bodies up to this are read where they are: moving one to a thread and back takes longer. */
export const maxInlineBytes = 256 * 1024

/**
 * Reads a body whose structure was counted as it arrived: a small one at once, a large one in a thread, so that no body keeps
 * the calls of others waiting. The parts of a large one are gone afterwards.
 *
 * @throws {VendoError} `validation_failed`, or `overloaded` when a thread has no room or failed.
 */
export const examineBody = (
  workers: BodyWorkers,
  body: BufferedBody,
  asked: Omit<MeteredBodyInput, 'bytes'>,
): Soon<MeteredBody> =>
  body.length > maxInlineBytes
    ? workers.read({ ...asked, parts: body.takeParts() })
    : readMeteredBody({ ...asked, bytes: body.bytes })
