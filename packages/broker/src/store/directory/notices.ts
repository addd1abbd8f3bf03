import type { Transaction } from '../sql.ts'

/** Notes that something was said; true for the first caller alone, over all processes of the store. */
export const tellOnce = async ({ sql, now }: Transaction, name: string): Promise<boolean> =>
  (await sql.run('INSERT INTO notices (name, told_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [name, now])) > 0
