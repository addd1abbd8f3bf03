/**
 * Who may use what. Where one tenant's record names another, the foreign key includes the tenant, so that the database
 * itself refuses a reference across tenants.
 */
export const directoryTables: readonly string[] = [
  `CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
  )`,
  `CREATE TABLE apps (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, id)
  )`,
  `CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    integration TEXT NOT NULL,
    profile TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('connected', 'needs_reauth', 'revoked')),
    metadata TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, id)
  )`,
  `CREATE TABLE bindings (
    app_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (app_id, connection_id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
  )`,
  'CREATE INDEX bindings_by_tenant ON bindings (tenant_id, position)',
  `CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    tenant_id TEXT REFERENCES tenants (id),
    kind TEXT NOT NULL CHECK (kind IN ('inference', 'management')),
    scope TEXT NOT NULL CHECK (scope IN ('app', 'connection', 'tenant', 'operator')),
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    app_id TEXT,
    connection_id TEXT,
    limits TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id),
    CHECK ((tenant_id IS NULL) = (scope = 'operator')),
    CHECK (tenant_id IS NOT NULL OR (app_id IS NULL AND connection_id IS NULL))
  )`,
  // An absent scope is an empty text, because nulls are never equal in a primary key.
  `CREATE TABLE margins (
    tenant_id TEXT NOT NULL,
    integration TEXT NOT NULL,
    meter TEXT NOT NULL,
    margin TEXT NOT NULL,
    PRIMARY KEY (tenant_id, integration, meter)
  )`,
  `CREATE TABLE rate_overrides (
    integration TEXT NOT NULL,
    model TEXT NOT NULL,
    effective_from BIGINT NOT NULL,
    position BIGINT NOT NULL,
    context_window BIGINT NOT NULL,
    max_output BIGINT NOT NULL,
    usd TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (integration, model, effective_from, position)
  )`,
]
