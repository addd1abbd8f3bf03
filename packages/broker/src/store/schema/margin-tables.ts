/**
 * Margins with their history, what tenants may see, and what was said once. A row of `margin_versions` says what holds for
 * exactly its scope from an instant on; a null ends it. An absent scope is an empty text. The table `margins` of before stays
 * as it was, for brokers of an earlier version that still run on the store.
 */
export const marginTables: readonly string[] = [
  `CREATE TABLE margin_versions (
    position BIGINT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    integration TEXT NOT NULL,
    model TEXT NOT NULL,
    meter TEXT NOT NULL,
    margin TEXT,
    effective_from BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    author_key_id TEXT REFERENCES keys (id),
    note TEXT NOT NULL
  )`,
  `INSERT INTO margin_versions
     (position, tenant_id, integration, model, meter, margin, effective_from, created_at, author_key_id, note)
   SELECT ROW_NUMBER() OVER (ORDER BY tenant_id, integration, meter), tenant_id, integration, '', meter, margin, 0, 0, NULL,
     'set before margins had a history' FROM margins`,
  'ALTER TABLE tenants ADD COLUMN transparent BIGINT NOT NULL DEFAULT 0',
  `CREATE TABLE notices (
    name TEXT PRIMARY KEY,
    told_at BIGINT NOT NULL
  )`,
]

/** What stands in the row that {@link marginOfBefore} adds. */
export const marginOfBeforeNote = 'the default of earlier versions'

/** A store from before charged 20 % where nobody had set anything: that stays, as a row that can be seen and removed. */
export const marginOfBefore: readonly string[] = [
  `INSERT INTO margin_versions
     (position, tenant_id, integration, model, meter, margin, effective_from, created_at, author_key_id, note)
   SELECT (SELECT COALESCE(MAX(position), 0) + 1 FROM margin_versions), '', '', '', '', '0.2', 0, 0, NULL,
     '${marginOfBeforeNote}'
   WHERE NOT EXISTS
     (SELECT 1 FROM margin_versions WHERE tenant_id = '' AND integration = '' AND model = '' AND meter = '')`,
]

/** Which of these tables are only ever appended to. */
export const appendedMarginTables = ['margin_versions'] as const
