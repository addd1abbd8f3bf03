import { defineConfig } from 'vitest/config'

// Without `import`: it would also apply to what CommonJS packages such as pg require.
const conditions = ['vendo-source', 'node', 'default']

// `npm run test:chaos`: clients that leave, stores that fail, processes that die. Prints what it tried; VENDO_CHAOS_SEED repeats it.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'chaos',
    include: ['packages/**/*.chaos.test.ts'],
    environment: 'node',
    setupFiles: ['packages/testkit/src/setup.ts'],
    globalSetup: ['packages/testkit/src/postgres-setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    root: import.meta.dirname,
  },
})
