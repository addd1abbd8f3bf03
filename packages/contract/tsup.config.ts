import { definePackageBuild } from '../../tools/lib/tsup-preset.ts'

export default definePackageBuild({
  entry: { index: 'src/index.ts', 'api/index': 'src/api/index.ts' },
  formats: 'dual',
  target: 'es2022',
})
