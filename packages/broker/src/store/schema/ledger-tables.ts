// An account that left this range would have overflowed 64 bits; SQLite would go on in floating point.
const inRange = (column: string): string => `CHECK (${column} BETWEEN 0 AND 9000000000000000000)`

/**
 * Money. `accounts` holds running sums that can be recomputed from the other three; `holds` close once; `ledger_rows` and
 * `top_ups` are only ever appended to.
 *
 * A ledger row has no tenant of its own: it belongs to its hold's tenant and can belong to no other.
 */
export const ledgerTables: readonly string[] = [
  `CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    credit BIGINT NOT NULL ${inRange('credit')},
    settled BIGINT NOT NULL ${inRange('settled')},
    held BIGINT NOT NULL ${inRange('held')}
  )`,
  `CREATE TABLE top_ups (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    amount_nanos BIGINT NOT NULL CHECK (amount_nanos > 0),
    note TEXT NOT NULL,
    idempotency_key TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, idempotency_key)
  )`,
  `CREATE TABLE holds (
    attempt_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    app_id TEXT,
    connection_id TEXT NOT NULL,
    integration TEXT NOT NULL,
    route TEXT NOT NULL,
    model TEXT,
    streamed BIGINT NOT NULL,
    wallet_nanos BIGINT NOT NULL,
    spend_nanos BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    entries TEXT NOT NULL,
    admitted_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    FOREIGN KEY (tenant_id, key_id) REFERENCES keys (tenant_id, id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
  )`,
  'CREATE INDEX holds_by_tenant ON holds (tenant_id, admitted_at, attempt_id)',
  'CREATE INDEX holds_by_key ON holds (key_id, admitted_at, attempt_id)',
  `CREATE INDEX holds_open ON holds (expires_at) WHERE state = 'open'`,
  `CREATE TABLE ledger_rows (
    attempt_id TEXT NOT NULL REFERENCES holds (attempt_id),
    kind TEXT NOT NULL CHECK (kind IN ('terminal', 'correction')),
    state TEXT NOT NULL CHECK (state IN ('actual', 'estimated', 'released')),
    reason TEXT,
    flags TEXT NOT NULL,
    wallet_nanos BIGINT NOT NULL,
    spend_nanos BIGINT NOT NULL,
    list_nanos BIGINT NOT NULL,
    cache_savings_nanos BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    lines TEXT NOT NULL,
    reasoning_tokens BIGINT,
    served_model TEXT,
    response_id TEXT,
    upstream_status BIGINT,
    ttfb_micros BIGINT,
    duration_micros BIGINT,
    settled_at BIGINT NOT NULL,
    quantity_input BIGINT,
    quantity_cache_read BIGINT,
    quantity_cache_write_5m BIGINT,
    quantity_cache_write_1h BIGINT,
    quantity_output BIGINT,
    quantity_input_audio BIGINT,
    quantity_cache_read_audio BIGINT,
    quantity_output_audio BIGINT,
    quantity_input_image BIGINT,
    quantity_output_image BIGINT,
    quantity_web_search BIGINT,
    quantity_web_fetch BIGINT,
    quantity_code_execution BIGINT,
    quantity_file_search BIGINT,
    quantity_image_generation BIGINT,
    quantity_request BIGINT,
    PRIMARY KEY (attempt_id, kind)
  )`,
  `CREATE INDEX ledger_rows_pending ON ledger_rows (response_id) WHERE reason = 'background'`,
]
