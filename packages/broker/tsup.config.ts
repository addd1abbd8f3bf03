import { definePackageBuild } from '../../tools/lib/tsup-preset.ts'

export default definePackageBuild({
  entry: {
    index: 'src/index.ts',
    'sqlite-worker': 'src/store/sqlite/sqlite-worker.ts',
    'body-worker': 'src/pipeline/body-worker.ts',
  },
  formats: 'esm',
  target: 'node22',
})
