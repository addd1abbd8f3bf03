import type { Quantities } from '@vendo/contract'
import type { Charge } from '../meter/settle-charge.ts'
import type { ChargeLine } from '../store/records.ts'
import type { Attempt } from './records.ts'
import type { RelayEnd } from './relay-end.ts'

/**
 * The charge of a call whose tools have no use limit. One whose end was seen costs what it costs, and within its reserve that
 * is not above the hold. An estimate was made without the tools: each use that was seen adds one whole context, as far as the
 * hold goes.
 */
export const withToolUse = (charge: Charge, { admission, reservedNanos }: Attempt, { reading }: RelayEnd): Charge => {
  const bound = admission.metered?.bound
  if (bound?.unbounded === undefined) return charge
  const heldNanos = bound.listNanos + (reservedNanos ?? 0n)
  if (charge.state !== 'estimated') return charge.spendNanos <= heldNanos ? withoutAboveHold(charge) : charge
  const uses = reading?.toolUses ?? 0
  if (uses === 0 || charge.reason === 'unpriced') return charge
  return addUses(charge, bound.unbounded.context, {
    uses,
    maxNanos: reservedNanos === undefined ? undefined : heldNanos,
  })
}

const withoutAboveHold = (charge: Charge): Charge =>
  charge.flags.includes('above_hold')
    ? { ...charge, flags: charge.flags.filter((flag) => flag !== 'above_hold') }
    : charge

interface Uses {
  readonly uses: number
  /** Absent: nothing limits the spending. */
  readonly maxNanos: bigint | undefined
}

const addUses = (charge: Charge, context: ChargeLine, { uses, maxNanos }: Uses): Charge => {
  const wanted = context.listNanos * BigInt(uses)
  const room = maxNanos === undefined ? wanted : maxNanos - charge.spendNanos
  const added = wanted < room ? wanted : room
  if (added <= 0n) return charge
  const tokens = context.quantity * uses
  const line: ChargeLine = { ...context, quantity: tokens, listNanos: added, margin: '0', chargeNanos: 0n }
  return {
    ...charge,
    flags: [...charge.flags, `tool_uses_estimated:${uses}`],
    spendNanos: charge.spendNanos + added,
    listNanos: charge.listNanos + added,
    lines: [...charge.lines, line],
    quantities: addQuantity(charge.quantities, context, tokens),
    tokens: charge.tokens + tokens,
  }
}

const addQuantity = (quantities: Quantities, { meter }: ChargeLine, tokens: number): Quantities => ({
  ...quantities,
  [meter]: (quantities[meter] ?? 0) + tokens,
})
