import { defineConfig } from 'vitest/config'

// Without `import`: it would also apply to what CommonJS packages such as pg require.
const conditions = ['vendo-source', 'node', 'default']

const project = (name: string, include: string[]) =>
  defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', '**/dist/**', '**/*.{ledger,chaos,browser}.test.ts'],
      environment: 'node',
      setupFiles: ['packages/testkit/src/setup.ts'],
      testTimeout: 20_000,
      root: import.meta.dirname,
    },
  })

/** One project per package, so that `vitest --project wire` runs one room of the house. */
export default [
  ...['contract', 'wire', 'sdk', 'broker', 'cli', 'testkit'].map((name) =>
    project(name, [`packages/${name}/src/**/*.test.ts`, `packages/${name}/test/**/*.test.ts`]),
  ),
  project('integrations', ['packages/integrations/**/*.test.ts']),
  project('examples', ['examples/**/*.test.ts']),
  project('tools', ['tools/**/*.test.ts', 'bench/**/*.test.ts']),
]
