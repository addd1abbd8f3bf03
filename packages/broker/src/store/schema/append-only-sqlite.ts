const refuse = (table: string, event: 'UPDATE' | 'DELETE'): string =>
  `CREATE TRIGGER ${table}_refuse_${event.toLowerCase()} BEFORE ${event} ON ${table}
   BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`

/** Refuses that a row of the table is ever changed or removed. */
export const refuseRewriteSqlite = (table: string): readonly string[] => [
  refuse(table, 'UPDATE'),
  refuse(table, 'DELETE'),
]

/** Makes SQLite itself refuse to rewrite history: rows are never changed or removed, and a hold closes once, as it was. */
export const appendOnlySqlite: readonly string[] = [
  ...refuseRewriteSqlite('ledger_rows'),
  ...refuseRewriteSqlite('top_ups'),
  ...refuseRewriteSqlite('rate_overrides'),
  refuse('holds', 'DELETE'),
  `CREATE TRIGGER holds_refuse_rewrite BEFORE UPDATE ON holds
   WHEN OLD.state = 'closed'
     OR NEW.attempt_id <> OLD.attempt_id OR NEW.tenant_id <> OLD.tenant_id OR NEW.key_id <> OLD.key_id
     OR NEW.wallet_nanos <> OLD.wallet_nanos OR NEW.spend_nanos <> OLD.spend_nanos OR NEW.tokens <> OLD.tokens
     OR NEW.entries <> OLD.entries OR NEW.admitted_at <> OLD.admitted_at
   BEGIN SELECT RAISE(ABORT, 'holds only ever close'); END`,
]
