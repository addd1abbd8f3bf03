import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { defineConfig } from 'tsup'

/**
 * dotenv's only module imports four of Node's at its top and prints tips; the SDK needs its parser, which is pure. The
 * build takes the pattern and the function out, and fails when dotenv no longer looks like that.
 */
const parserOfDotenv: Plugin = {
  name: 'parser-of-dotenv',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]dotenv[\\/]lib[\\/]main\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const start = source.indexOf('const LINE = ')
      const end = source.indexOf('\n}\n', source.indexOf('function parse (src) {'))
      if (start === -1 || end < start)
        return { errors: [{ text: `${path} has changed: see packages/sdk/tsup.config.ts` }] }
      return { contents: `${source.slice(start, end)}\n}\nexport { parse }\n`, loader: 'js' }
    })
  },
}

/** The bundle holds other people's code, so the package holds their licences. */
const copyLicences = async (): Promise<void> => {
  const folder = join(import.meta.dirname, 'dist/licenses')
  await mkdir(folder, { recursive: true })
  for (const [name, file] of [
    ['ky', '../license'],
    ['dotenv', '../LICENSE'],
  ] as const) {
    await copyFile(join(dirname(fileURLToPath(import.meta.resolve(name))), file), join(folder, `${name}.txt`))
  }
}

export default defineConfig({
  entry: { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // One copy of each class in chunks that both entries share, or `instanceof` fails between them.
  splitting: true,
  clean: true,
  noExternal: [/.*/],
  dts: true,
  tsconfig: 'tsconfig.json',
  silent: true,
  esbuildPlugins: [parserOfDotenv],
  esbuildOptions: (options) => {
    options.conditions = ['vendo-source']
    options.mainFields = ['module', 'main']
  },
  onSuccess: copyLicences,
})
