import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorShape, Nanos } from '@vendo/contract'
import type { Provider, Route } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts, StoredReference } from '@vendo/wire'
import type { Bound } from '../meter/bound.ts'
import type { CallProgress } from '../observe/call-progress.ts'
import type { CallSubject } from '../outbox/outbox-entry.ts'
import type { ConnectionRecord, KeyRecord } from '../store/records.ts'
import type { Payer } from './payer.ts'

/** One proxied request as it arrived, with the address already read. */
export interface Incoming {
  readonly requestId: string
  readonly receivedAt: number
  readonly message: IncomingMessage
  readonly answer: ServerResponse
  readonly address: Address
  readonly progress: CallProgress
}

/** Where a request wants to go. */
export interface Address {
  readonly provider: Provider
  /** The provider's own path, with every accepted spelling folded into one. */
  readonly path: string
  /** The query with its leading `?`, less any `key=`; empty when there is none. */
  readonly query: string
  /** The value of `?key=`, the way Google's clients send one. */
  readonly queryKey: string | null
}

/** Who calls: everything that is known about the caller comes from the key's record. */
export interface Caller {
  readonly key: KeyRecord
  readonly tenantId: string
}

/** The connection whose credential the call will use. */
export interface Target {
  readonly provider: Provider
  readonly connection: ConnectionRecord
  /** Calls on the tenant's own credential are metered and capped, and charge the wallet nothing. */
  readonly byok: boolean
}

/** A request that may be held: its route, its body and the largest cost its answer can have. */
export interface Admission {
  readonly caller: Caller
  readonly target: Target
  readonly payer: Payer
  readonly route: Route
  /** The bytes to forward; null when there is no body. */
  readonly body: Uint8Array | null
  /** What the row of the call is flagged with, whatever comes of it. */
  readonly flags: readonly string[]
  /** Absent on free routes. */
  readonly metered?: MeteredRequest
  /** The stored objects that the body of a free route names, where it was read for them. */
  readonly references?: readonly StoredReference[]
  /** The body is a form, of which nothing has been read yet. */
  readonly form?: PendingForm
}

/** The largest cost of a request whose cost has a bound. */
export type ChargeableBound = Extract<Bound, { readonly ok: true }>

/** A form that will be admitted in the end when its fields have gone by. */
export interface PendingForm {
  readonly boundary: string
  /** Of the whole body. */
  readonly mostBytes: number
  /**
   * Judges the fields that are known so far.
   *
   * @throws {VendoError} `validation_failed`, `model_not_allowed` or `model_unpriced`.
   */
  check(fields: ReadonlyMap<string, string>): void
  /**
   * What the whole form asks for. Its bound is within that of the admission.
   *
   * @throws {VendoError} as {@link check} does, and for a field that is not there.
   */
  admit(fields: ReadonlyMap<string, string>): MeteredRequest
}

/** What a metered request asks for, and its bound. */
export interface MeteredRequest {
  /**
   * Null as long as only a form that has not gone by tells it (`bound` is then that of the dearest model, `rates` those of
   * any), and where a prompt that is stored at the provider names it.
   */
  readonly model: string | null
  readonly facts: RequestFacts
  readonly rates: ModelRates
  readonly bound: ChargeableBound
  /** False where tokens are counted and no price is known beforehand: `bound` then holds no money. */
  readonly priceKnown: boolean
  /** The broker asked for the usage of a chat stream on the client's behalf, and hides it from the client. */
  readonly usageAdded: boolean
}

/** One dispatch to an upstream, with its hold. */
export interface Attempt {
  readonly id: string
  readonly admittedAt: number
  readonly admission: Admission
  readonly subject: CallSubject
  /** What its hold sets aside beyond the bound, for a call whose cost has none; absent when that is nothing. */
  readonly reservedNanos?: Nanos
}

/** How the pipeline answers when it refuses: in the shape that the called provider's SDKs understand. */
export interface Refusal {
  readonly shape: ErrorShape
  readonly requestId: string
}
