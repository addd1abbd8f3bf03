import type { AnswerClaim, KeptAnswer } from '../management-records.ts'
import { firstRow, numberOf, type Transaction, textOf } from '../sql.ts'

/** The answer that was kept for an idempotency key of this owner, or null. */
export const findAnswer = async (
  { sql }: Transaction,
  owner: string,
  idempotencyKey: string,
): Promise<KeptAnswer | null> => {
  const text = 'SELECT fingerprint, status, body FROM answers WHERE owner = $1 AND idempotency_key = $2'
  const row = await firstRow(sql, text, [owner, idempotencyKey])
  if (row === undefined) return null
  return { fingerprint: textOf(row, 'fingerprint'), status: numberOf(row, 'status'), body: textOf(row, 'body') }
}

/** Keeps an answer for good. False when the key has one already. */
export const keepAnswer = async ({ sql, now }: Transaction, claim: AnswerClaim): Promise<boolean> => {
  const text = `INSERT INTO answers (owner, idempotency_key, fingerprint, status, body, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (owner, idempotency_key) DO NOTHING`
  const { owner, idempotencyKey, fingerprint, status, body } = claim
  return (await sql.run(text, [owner, idempotencyKey, fingerprint, status, body, now])) === 1
}
