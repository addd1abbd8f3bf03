import { definePackageBuild } from '../../tools/lib/tsup-preset.ts'

export default definePackageBuild({
  entry: { bin: 'src/bin.ts' },
  formats: 'esm',
  target: 'node20',
  types: false,
})
