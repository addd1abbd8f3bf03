import type { Meter, Nanos, Quantities } from '@vendo/contract'
import type { BoundConstants } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts, ServerTool } from '@vendo/wire'
import type { ChargeLine, EpochMs } from '../store/records.ts'
import type { MarginOf } from './amount.ts'
import type { Basis } from './bound-cost.ts'
import { boundInFull } from './bound-in-full.ts'
import { boundPlain } from './bound-plain.ts'
import { boundWithoutTools } from './bound-without-tools.ts'

/** What a request's bound is worked out from. */
export interface BoundOptions {
  readonly facts: RequestFacts
  readonly rates: ModelRates
  /** Models that the provider may serve instead: the dearest of all counts, or their sum where each may be billed in turn. */
  readonly alternatives: readonly ModelRates[]
  /** Finds the models that server tools call. */
  readonly modelRates: (model: string) => ModelRates | undefined
  /** The provider's documented maxima. */
  readonly bound: BoundConstants
  readonly at: EpochMs
  readonly marginOf: MarginOf
  /** The key accepts a hold that the call may exceed: tools without a use limit, meters without a rate. */
  readonly allowUnbounded: boolean
  /** A request whose tools have no use limit is bounded without them, and says so: {@link RequestBound.unbounded}. */
  readonly admitUnbounded?: boolean
}

/** The largest cost that a request can have. */
export interface RequestBound {
  readonly ok: true
  /** Input counted under its dearest meter, so that their sum is the bound of all input meters together. */
  readonly quantities: Quantities
  /** All tokens, in and out. */
  readonly tokens: number
  /** At list prices, rounded up. */
  readonly listNanos: Nanos
  /** With margins, rounded up. */
  readonly chargeNanos: Nanos
  /** The bill at the bound: Σ charge is `chargeNanos`, Σ list at most `listNanos`. */
  lines(): readonly ChargeLine[]
  /** The answer may hold output that is billed and that it does not show, such as reasoning. */
  readonly hidesOutput: boolean
  /** Several models may be billed in turn, and a broken-off answer does not tell what each of them did. */
  readonly fallbacksAddUp: boolean
  /** Meters without a fee in this request, whatever its answer counts. */
  readonly waived: readonly Meter[]
  /** Set for a request with tools that have no use limit: everything else here is the bound without their use. */
  readonly unbounded?: UnboundedUse
  /** The provider goes on working when the answer is cut (OpenAI's background). */
  readonly background: boolean
  /** The largest output limit whose bound fits an amount; `undefined` when not even one token does. */
  fittingMaxOutput(availableNanos: Nanos, basis: Basis): number | undefined
}

/** What is known of the tools of a request that have no use limit. */
export interface UnboundedUse {
  /** One line: everything that the model can read because of one use, once, at its dearest. */
  readonly context: ChargeLine
}

/** Why a request has no bound. The message names what to change. */
export interface BoundRefusal {
  readonly ok: false
  readonly code: 'request_unbounded' | 'model_unpriced'
  readonly message: string
  /** The tool without a use limit, where that is why. */
  readonly tool?: ServerTool
}

/** The verdict of {@link boundRequest}. */
export type Bound = RequestBound | BoundRefusal

/**
 * Works out what a request can cost at most, over every model, tier, region, context band and cache class that it can be
 * billed by; see "The hold is a true upper bound" in the product contract. With `allowUnbounded` it is an expectation for
 * the parts that have no bound.
 */
export const boundRequest = (options: BoundOptions): Bound =>
  boundPlain(options) ?? boundWithoutTools(options) ?? boundInFull(options)
