const refuse = (table: string, event: 'UPDATE' | 'DELETE'): string =>
  `CREATE TRIGGER ${table}_refuse_${event.toLowerCase()} BEFORE ${event} ON ${table}
   BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`

/** Makes SQLite itself refuse to rewrite history: rows are never changed or removed, and a hold closes once, as it was. */
export const appendOnlySqlite: readonly string[] = [
  refuse('ledger_rows', 'UPDATE'),
  refuse('ledger_rows', 'DELETE'),
  refuse('top_ups', 'UPDATE'),
  refuse('top_ups', 'DELETE'),
  refuse('rate_overrides', 'UPDATE'),
  refuse('rate_overrides', 'DELETE'),
  refuse('holds', 'DELETE'),
  `CREATE TRIGGER holds_refuse_rewrite BEFORE UPDATE ON holds
   WHEN OLD.state = 'closed'
     OR NEW.attempt_id <> OLD.attempt_id OR NEW.tenant_id <> OLD.tenant_id OR NEW.key_id <> OLD.key_id
     OR NEW.wallet_nanos <> OLD.wallet_nanos OR NEW.spend_nanos <> OLD.spend_nanos OR NEW.tokens <> OLD.tokens
     OR NEW.entries <> OLD.entries OR NEW.admitted_at <> OLD.admitted_at
   BEGIN SELECT RAISE(ABORT, 'holds only ever close'); END`,
]
