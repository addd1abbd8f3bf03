import type { IncomingHttpHeaders } from 'node:http'
import type { WireFormatName } from '@vendo/contract'
import type { EpochMs, Settlement } from '../store/records.ts'
import type { CallProgress } from './call-progress.ts'

/** What is known of every proxied call when it is over. No body, no credential, no query. */
export interface ObservedCall {
  readonly requestId: string
  /** Absent when the address names no integration. */
  readonly integration: string | undefined
  /** As they came in: only the trace context may be read from them. */
  readonly headers: IncomingHttpHeaders
  readonly receivedAt: EpochMs
  readonly endedAt: EpochMs
  readonly progress: CallProgress
  /** What the client was answered; 0 when it left before there was an answer. */
  readonly status: number
  /** The `Vendo-Error-Code`, when the broker answered in the provider's place. */
  readonly code: string | undefined
}

/** A call that was refused before it reached a provider. */
export interface RefusedCall extends ObservedCall {
  readonly code: string
}

/** A call that was admitted, and what it came to. */
export interface EndedCall extends ObservedCall {
  readonly integration: string
  readonly wireFormat: WireFormatName | undefined
  readonly tenantId: string
  readonly keyId: string
  readonly requestModel: string | undefined
  /** The model's name in the rate tables: of these there are only so many. */
  readonly ratedModel: string | undefined
  readonly settlement: Settlement
}

/** What a broker can be asked at any time. */
export interface BrokerGauges {
  readonly callsInFlight: () => number
  /** Settlements that the store has not taken yet. */
  readonly outboxWaiting: () => number
  /** Calls that wait for money that running calls hold. */
  readonly callsWaiting: () => number
  /** Log lines that could not be written, since the start. */
  readonly logLinesDropped: () => number
}

/**
 * Is told what happens in a broker. Every method returns at once and never throws; each call is told of once, by
 * `callRefused` or `callEnded`.
 */
export interface Observer {
  /** Called once, when the broker is made. */
  watch(gauges: BrokerGauges): void
  callRefused(call: RefusedCall): void
  callEnded(call: EndedCall): void
  /** The store admitted an attempt (`true`) or refused it, after so many ms. */
  holdAnswered(attemptId: string, admitted: boolean, ms: number): void
  /** The store wrote an attempt's terminal row, after so many ms. */
  settled(attemptId: string, ms: number): void
  /** A client left: the broker reads on to the usage (`true`), or there were too many of these already. */
  drainAsked(granted: boolean): void
  drainEnded(): void
  /** A call waited so many ms for money that running calls held, or was not let into the line (`full`). */
  waitEnded(outcome: WaitOutcome, ms: number): void
}

/** How a wait for money ended. */
export type WaitOutcome = 'admitted' | 'refused' | 'timeout' | 'client_gone' | 'shutdown' | 'full'

const nothing = (): void => undefined

/** Tells nobody. */
export const silentObserver: Observer = {
  watch: nothing,
  callRefused: nothing,
  callEnded: nothing,
  holdAnswered: nothing,
  settled: nothing,
  drainAsked: nothing,
  drainEnded: nothing,
  waitEnded: nothing,
}
