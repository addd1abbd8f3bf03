import { definePackageBuild } from '../../tools/lib/tsup-preset.ts'

export default definePackageBuild({
  entry: { index: 'src/index.ts' },
  formats: 'esm',
  target: 'node22',
})
