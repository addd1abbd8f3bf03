import { defineConfig } from 'vitest/config'

// Without `import`: it would also apply to what CommonJS packages such as pg require.
const conditions = ['vendo-source', 'node', 'default']

// `npm run test:browser`: what pages may do, in a real Chromium (VENDO_CHROMIUM, or the one on the PATH).
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'browser',
    include: ['packages/**/*.browser.test.ts'],
    environment: 'node',
    setupFiles: ['packages/testkit/src/setup.ts'],
    globalSetup: ['packages/broker/test/browser/require-chromium.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    root: import.meta.dirname,
  },
})
