import { definePackageBuild } from '../../tools/lib/tsup-preset.ts'

export default definePackageBuild({
  entry: {
    index: 'lib/index.ts',
    'env-table': 'env-table.gen.ts',
    providers: 'lib/providers.ts',
    rates: 'lib/rates.ts',
  },
  formats: 'dual',
  target: 'es2022',
})
