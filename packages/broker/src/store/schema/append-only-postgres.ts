const refuseTruncate = (table: string): string =>
  `CREATE TRIGGER ${table}_no_truncate BEFORE TRUNCATE ON ${table}
   FOR EACH STATEMENT EXECUTE FUNCTION vendo_refuse_rewrite()`

/** Refuses that a row of the table is ever changed or removed. */
export const refuseRewritePostgres = (table: string): readonly string[] => [
  `CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON ${table}
   FOR EACH ROW EXECUTE FUNCTION vendo_refuse_rewrite()`,
  refuseTruncate(table),
]

/**
 * Makes Postgres itself refuse to rewrite history, as SQLite does: rows are never changed or removed, and a hold closes
 * once, as it was. Running sums change often, so their pages keep room for the next version of each row.
 */
export const appendOnlyPostgres: readonly string[] = [
  `CREATE FUNCTION vendo_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
  ...['ledger_rows', 'top_ups', 'rate_overrides'].flatMap(refuseRewritePostgres),
  refuseTruncate('holds'),
  `CREATE TRIGGER holds_refuse_delete BEFORE DELETE ON holds
   FOR EACH ROW EXECUTE FUNCTION vendo_refuse_rewrite()`,
  `CREATE TRIGGER holds_refuse_rewrite BEFORE UPDATE ON holds FOR EACH ROW
   WHEN (OLD.state = 'closed'
     OR NEW.attempt_id <> OLD.attempt_id OR NEW.tenant_id <> OLD.tenant_id OR NEW.key_id <> OLD.key_id
     OR NEW.wallet_nanos <> OLD.wallet_nanos OR NEW.spend_nanos <> OLD.spend_nanos OR NEW.tokens <> OLD.tokens
     OR NEW.entries <> OLD.entries OR NEW.admitted_at <> OLD.admitted_at)
   EXECUTE FUNCTION vendo_refuse_rewrite()`,
  'ALTER TABLE accounts SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)',
  'ALTER TABLE holds SET (fillfactor = 85)',
]
