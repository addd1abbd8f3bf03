/**
 * Who may import whom: the arrows of the architecture page, as data. An entry is a package, or one of its entry points;
 * `type:` in front allows `import type` alone.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  wire: ['contract'],
  integrations: ['contract'],
  sdk: ['contract', 'type:contract/api', 'integrations/env-table'],
  broker: ['contract', 'contract/api', 'wire', 'integrations', 'integrations/providers', 'integrations/rates'],
  gateway: ['contract', 'contract/api', 'wire', 'broker'],
  cli: [
    'contract',
    'contract/api',
    'integrations',
    'integrations/env-table',
    'integrations/providers',
    'integrations/rates',
    'sdk',
    'broker',
    'gateway',
  ],
}

/** Packages that only tests and development use: they may import anything, and only tests import them. */
export const developmentOnly: ReadonlySet<string> = new Set(['testkit'])

/** Packages without input or output, or that must run where there is no Node: no `node:` import. */
export const withoutNode: ReadonlySet<string> = new Set(['contract', 'wire', 'integrations', 'sdk'])

/**
 * The rooms of the broker, top floor first. A room may import from the floors below its own and from itself; rooms on one
 * floor never import each other. Files directly in `src/` count as rooms by their own name.
 */
export const brokerFloors: readonly (readonly string[])[] = [
  ['index'],
  ['broker'],
  ['broker-options'],
  ['node-server'],
  ['sockets'],
  ['http'],
  ['pipeline'],
  ['keys', 'credentials', 'ledger', 'meter', 'outbox'],
  ['store'],
  ['egress', 'observe'],
  ['roster'],
]

/** Plain data that every room of the broker may name in a type. */
export const sharedTypes = 'packages/broker/src/store/records.ts'

/** Packages that are bundled into a package's build, so that its manifest lists them for development alone. */
export const bundledInto: Readonly<Record<string, readonly string[]>> = { '@vendo/sdk': ['ky', 'dotenv'] }
