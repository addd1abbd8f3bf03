/** The shape budget: hard caps fail the check, the rest is printed so that drift is seen. */
export const budget = { fileLines: 400, functionLines: 80, parameters: 4 } as const

/**
 * Files that may read a `Secret`, each for one reason. Adding one is a decision for review: the value leaves its wrapper there.
 */
export const mayReveal: readonly RegExp[] = [
  /^packages\/integrations\/lib\/provider\.ts$/, // puts the credential on the outgoing request
  /^packages\/integrations\/lib\/resolve-[a-z-]+\.ts$/, // fills the variables that a platform injects
  /^packages\/broker\/src\/credentials\/[a-z-]+\.ts$/, // seals and opens the vault
  /^packages\/broker\/src\/keys\/[a-z-]+\.ts$/, // hashes a key
  /^packages\/broker\/src\/http\/credential[a-z-]*\.ts$/, // answers the credentials endpoint
  /^packages\/broker\/src\/http\/key-routes\.ts$/, // shows a minted key once
  /^packages\/broker\/src\/egress\/secret-mask\.ts$/, // blanks the secret where a provider echoes it
  /^packages\/broker\/src\/egress\/tenant-idempotency-key\.ts$/, // keys the HMAC of a tenant's idempotency keys
  /^packages\/cli\/src\/(.+\/)?(inject|reveal)[a-z-]*\.ts$/, // fills a child's environment; shows a minted key once
  /^packages\/broker\/src\/store\/postgres\/connection\.ts$/, // hands the password of a .pgpass file to the driver
  /^bench\/broker\/reveal-bench-keys\.ts$/, // hands throwaway keys to the load generator
  /^packages\/testkit\//, // runs in tests alone
]

/** Type-only listings of what a wire format can say are as long as the format is. */
export const mayBeLong: readonly RegExp[] = [/\.gen\.ts$/, /^packages\/wire\/src\/[a-z-]+\/types\.ts$/, /\/fixtures\//]

/** Conformance suites: functions that are tables of contents, as `describe` blocks are. */
export const conformanceSuite: RegExp = /^packages\/testkit\/src\/[a-z-]+-suite(\/|\.ts$)/
