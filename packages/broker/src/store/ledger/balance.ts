import type { Balance, KeySpend } from '../records.ts'
import type { Transaction } from '../sql.ts'
import { readAccount, scopeAccounts, walletAccount } from './account.ts'

/** A tenant's wallet as it is now; an unknown tenant has nothing. */
export const balance = async ({ sql }: Transaction, tenantId: string): Promise<Balance> => {
  const { credit, settled, held } = await readAccount(sql, walletAccount(tenantId))
  return { creditNanos: credit, settledNanos: settled, heldNanos: held, availableNanos: credit - settled - held }
}

/** What counts against a key's caps now: settled calls, and what running calls hold. */
export const keySpend = async ({ sql, now }: Transaction, keyId: string): Promise<KeySpend> => {
  const { spendDay, spendMonth, spendTotal } = scopeAccounts({ kind: 'key', id: keyId }, now)
  const used = async (id: string): Promise<bigint> => {
    const { settled, held } = await readAccount(sql, id)
    return settled + held
  }
  return { dayNanos: await used(spendDay), monthNanos: await used(spendMonth), totalNanos: await used(spendTotal) }
}
