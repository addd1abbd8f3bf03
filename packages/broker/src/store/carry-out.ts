import { findAnswer, keepAnswer } from './directory/answers.ts'
import { createApp } from './directory/apps.ts'
import { createBinding } from './directory/bindings.ts'
import { createConnection } from './directory/connections.ts'
import { createKey } from './directory/keys.ts'
import { addMargins } from './directory/margins.ts'
import { addRateOverrides } from './directory/rate-overrides.ts'
import { createTenant } from './directory/tenants.ts'
import { refund } from './ledger/refund.ts'
import { topUp } from './ledger/top-up.ts'
import type { Effect, EffectName, Order, OrderOutcome } from './management-records.ts'
import type { Transaction } from './sql.ts'

type AnyEffect = (transaction: Transaction, parameter: unknown) => Promise<unknown>

const effects: {
  readonly [N in EffectName]: (transaction: Transaction, parameter: Effect<N>['parameter']) => unknown
} = {
  createTenant,
  createApp,
  createConnection,
  createBinding,
  createKey,
  addRateOverrides,
  addMargins,
  topUp,
  refund,
}

/**
 * Carries out every effect of an order and keeps its answer, all in this transaction or nothing of it. An order whose
 * idempotency key was used before changes nothing and gives what was kept then.
 */
export const carryOut = async (transaction: Transaction, order: Order): Promise<OrderOutcome> => {
  const { claim } = order
  if (claim !== null && !(await keepAnswer(transaction, claim))) {
    const earlier = await findAnswer(transaction, claim.owner, claim.idempotencyKey)
    if (earlier === null) throw new TypeError('an answer that is kept cannot be found')
    return { done: false, earlier }
  }
  for (const { name, parameter } of order.effects) await (effects[name] as AnyEffect)(transaction, parameter)
  return { done: true }
}
