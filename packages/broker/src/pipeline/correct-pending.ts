import { chargeFor } from '../meter/settle-charge.ts'
import type { PipelineDependencies } from './dependencies.ts'
import type { Pricing } from './pricing.ts'
import type { Attempt } from './records.ts'
import type { RelayEnd } from './relay-end.ts'

/**
 * A background answer was settled at its hold, because its usage was not known yet. When a later poll of the same response
 * shows the usage, the difference goes back as the attempt's one correction.
 */
export const correctPending = async (
  dependencies: PipelineDependencies,
  attempt: Attempt,
  { reading }: RelayEnd,
  pricing: Pricing,
): Promise<void> => {
  const { caller, target, metered } = attempt.admission
  if (metered !== undefined || reading?.responseId === undefined || reading.usage === undefined || reading.pending)
    return
  const { store, outbox, logger, inFlight } = dependencies
  const { responseId } = reading
  const correction = (async () => {
    await inFlight.settled()
    const call = await store.findPendingResponse(caller.tenantId, responseId)
    if (call === null) return
    const integration = target.provider.slug
    const rates = pricing.rateBook.find({ integration, model: call.model ?? '', at: call.admittedAt })
    if (rates === undefined) return
    const charge = chargeFor({
      reading,
      status: call.upstreamStatus,
      end: 'complete',
      bound: undefined,
      rates,
      requestModel: call.model ?? '',
      integration,
      rateBook: pricing.rateBook,
      reportsCost: target.provider.reportsCost,
      marginOf: pricing.marginOf({ tenantId: caller.tenantId, integration, model: rates, at: call.admittedAt }),
      at: call.admittedAt,
      byok: target.byok,
    })
    // Without a rate for what was served there is nothing better than the hold that was charged.
    if (charge.state !== 'actual') return
    const { attemptId, upstreamStatus, ttfbMs, durationMs } = call
    const { requestId, tenantId, keyId, appId, model } = call
    const settlement = { ...charge, attemptId, responseId, upstreamStatus, ttfbMs, durationMs }
    await outbox.settle({
      kind: 'correction',
      settlement,
      subject: { requestId, tenantId, keyId, appId, integration, model },
    })
  })().catch((error: unknown) => logger.error({ attemptId: attempt.id, error: String(error) }, 'correction not stored'))
  inFlight.settling(correction)
}
