import type { SealedSecret } from '../records.ts'
import { firstRow, type Transaction, textOf } from '../sql.ts'

/** The sealed record that tells the store's vault key from others; null before the first start with one. */
export const vaultCanary = async ({ sql }: Transaction): Promise<SealedSecret | null> => {
  const row = await firstRow(sql, 'SELECT envelope FROM vault_canary', [])
  return row === undefined ? null : { envelope: textOf(row, 'envelope') }
}

/** Keeps a canary, unless another process was first: resolves to the one that counts. */
export const keepVaultCanary = async (transaction: Transaction, sealed: SealedSecret): Promise<SealedSecret> => {
  const { sql, now } = transaction
  await sql.run(
    'INSERT INTO vault_canary (number, envelope, made_at) VALUES (1, $1, $2) ON CONFLICT (number) DO NOTHING',
    [sealed.envelope, now],
  )
  return (await vaultCanary(transaction)) ?? sealed
}

/** Puts another canary in the place of the one there is, for a vault key that was lost. */
export const replaceVaultCanary = async (transaction: Transaction, sealed: SealedSecret): Promise<void> => {
  await transaction.sql.run('DELETE FROM vault_canary')
  await keepVaultCanary(transaction, sealed)
}
