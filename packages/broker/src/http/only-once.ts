import { hash } from 'node:crypto'
import { createVendoError } from '@vendo/contract'
import type { HonoRequest, MiddlewareHandler } from 'hono'
import type { KeyRecord } from '../store/records.ts'
import type { ApiEnvironment } from './api-environment.ts'
import { answerAgain } from './replayed-answer.ts'
import { mostIdempotencyCharacters } from './route-documentation.ts'

/**
 * Answers a request whose `Idempotency-Key` was used before as it was answered then, before anything else of it is looked
 * at. Stands behind `requireKey` and `jsonBody`; the first request takes its key with `carryOut`.
 *
 * @throws {VendoError} `idempotency_conflict` when the key was used for another request, `validation_failed` for one that is
 *   empty or too long.
 */
export const onlyOnce = (): MiddlewareHandler<ApiEnvironment> => async (context, next) => {
  const idempotencyKey = context.req.header('idempotency-key')
  if (idempotencyKey === undefined) return await next()
  if (idempotencyKey.trim() === '' || idempotencyKey.length > mostIdempotencyCharacters) {
    throw createVendoError(`header \`idempotency-key\`: must have 1 to ${mostIdempotencyCharacters} characters`, {
      code: 'validation_failed',
    })
  }
  const owner = ownerOf(context.var.caller.key)
  const fingerprint = await fingerprintOf(context.req)
  const earlier = await context.var.findAnswer(owner, idempotencyKey)
  if (earlier !== null) throw answerAgain(earlier, fingerprint)
  context.set('claim', { owner, idempotencyKey, fingerprint })
  return await next()
}

/** All management keys of a tenant share its idempotency keys, so that a retry survives the change of a key. */
const ownerOf = ({ tenantId }: KeyRecord): string => (tenantId === null ? 'operator' : `tenant:${tenantId}`)

/** What makes two requests the same: where they go, and every byte of their bodies. */
const fingerprintOf = async (request: HonoRequest): Promise<string> => {
  const { pathname, search } = new URL(request.url)
  return hash('sha256', JSON.stringify([request.method, pathname, search, await request.text()]))
}
