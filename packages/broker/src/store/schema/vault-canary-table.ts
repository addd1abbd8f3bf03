/** One sealed record that opens with the store's vault key and with no other; the number is always 1. */
export const vaultCanaryTable: readonly string[] = [
  `CREATE TABLE vault_canary (
    number BIGINT PRIMARY KEY CHECK (number = 1),
    envelope TEXT NOT NULL,
    made_at BIGINT NOT NULL
  )`,
]
