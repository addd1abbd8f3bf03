import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Secret } from '@vendo/contract'
import type { AnswerClaim, KeptAnswer } from '../store/management-records.ts'
import type { KeyRecord } from '../store/records.ts'

/** Who calls: the checked record of the presented key, and the key itself for the one answer that returns it. */
export interface ApiCaller {
  readonly key: KeyRecord
  readonly presented: Secret
}

/** What every handler of the API finds in its context. */
export interface ApiEnvironment {
  Variables: {
    requestId: string
    /** Set by `requireKey`; absent on public routes. */
    caller: ApiCaller
    /** Checks the presented key. Lazy, so that public routes never look at one. */
    authenticate: () => Promise<ApiCaller>
    /** What was answered to the first request of an owner with an idempotency key. */
    findAnswer: (owner: string, idempotencyKey: string) => Promise<KeptAnswer | null>
    /** Set by `onlyOnce` for a request with an idempotency key of its own. */
    claim: Omit<AnswerClaim, 'status' | 'body'> | undefined
  }
}

/** The app that routes are added to. */
export type Api = OpenAPIHono<ApiEnvironment>
