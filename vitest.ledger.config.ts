import { defineConfig } from 'vitest/config'

// Without `import`: it would also apply to what CommonJS packages such as pg require.
const conditions = ['vendo-source', 'node', 'default']

// `npm run test:ledger`: what only a real Postgres or many processes can prove. One server serves the whole run.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'ledger',
    include: ['packages/**/*.ledger.test.ts'],
    environment: 'node',
    setupFiles: ['packages/testkit/src/setup.ts'],
    globalSetup: ['packages/testkit/src/postgres-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    root: import.meta.dirname,
  },
})
