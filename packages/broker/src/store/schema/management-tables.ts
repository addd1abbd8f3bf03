/**
 * Limits that change and are shared, refunds, and the answers of management writes. What an app or a tenant never had is
 * null: then nothing is counted for it. `holds.adopted` are the entries of a running call for limits that came after it.
 */
export const managementTables: readonly string[] = [
  'ALTER TABLE keys ADD COLUMN counted TEXT',
  'ALTER TABLE apps ADD COLUMN limits TEXT',
  'ALTER TABLE apps ADD COLUMN counted TEXT',
  'ALTER TABLE tenants ADD COLUMN limits TEXT',
  'ALTER TABLE tenants ADD COLUMN counted TEXT',
  'ALTER TABLE holds ADD COLUMN adopted TEXT',
  `CREATE TABLE limit_versions (
    scope_kind TEXT NOT NULL CHECK (scope_kind IN ('key', 'app', 'tenant')),
    scope_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    limits TEXT NOT NULL,
    name TEXT,
    expires_at BIGINT,
    author_key_id TEXT REFERENCES keys (id),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, version)
  )`,
  `CREATE TABLE refunds (
    attempt_id TEXT PRIMARY KEY REFERENCES holds (attempt_id),
    wallet_nanos BIGINT NOT NULL,
    spend_nanos BIGINT NOT NULL,
    reason TEXT NOT NULL,
    author_key_id TEXT NOT NULL REFERENCES keys (id),
    created_at BIGINT NOT NULL
  )`,
  `CREATE TABLE answers (
    owner TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, idempotency_key)
  )`,
]

/** Which of these tables are only ever appended to. */
export const appendedManagementTables = ['limit_versions', 'refunds', 'answers'] as const
