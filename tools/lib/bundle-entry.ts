import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Plugin, transformSync } from 'esbuild'
import { fromRoot, root } from './workspace.ts'

/** An entry bundled for a browser, as an application's bundler would. */
export interface Bundle {
  readonly text: string
  readonly gzipBytes: number
  /** Bytes that each module contributes, biggest first; paths relative to the repository. */
  readonly modules: readonly (readonly [path: string, bytes: number])[]
  /** Imports of Node's own modules, as `importer → module`. */
  readonly builtins: readonly string[]
}

const recordBuiltins = (found: string[]): Plugin => ({
  name: 'record-builtins',
  setup(bundler) {
    bundler.onResolve({ filter: /^[a-z:/_]+$/ }, ({ path, importer }) => {
      if (!isBuiltin(path)) return undefined
      found.push(`${fromRoot(importer)} → ${path}`)
      return { path, external: true }
    })
  },
})

/** The package's own esbuild plugins: what it stubs in its build is stubbed here too. */
const readPlugins = async (folder: string): Promise<readonly Plugin[]> => {
  const path = join(root, folder, 'tsup.config.ts')
  if (!existsSync(path)) return []
  const { default: config } = (await import(pathToFileURL(path).href)) as { readonly default: unknown }
  const [first] = Array.isArray(config) ? config : [config]
  return (first as { readonly esbuildPlugins?: readonly Plugin[] } | undefined)?.esbuildPlugins ?? []
}

/** Bundles one source entry, minified, with everything it reaches. Rejects with esbuild's messages when it does not bundle. */
export const bundleEntry = async (folder: string, source: string): Promise<Bundle> => {
  const builtins: string[] = []
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, folder, source)],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['vendo-source'],
    logLevel: 'silent',
    plugins: [...(await readPlugins(folder)), recordBuiltins(builtins)],
  })
  const [output] = outputFiles
  const [description] = Object.values(metafile.outputs)
  const text = output?.text ?? ''
  const modules = Object.entries(description?.inputs ?? {}).map(
    ([path, { bytesInOutput }]) => [path, bytesInOutput] as const,
  )
  return {
    text,
    gzipBytes: gzipSync(text, { level: 9 }).byteLength,
    modules: modules.filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a),
    builtins,
  }
}

const withoutComments = (path: string): string =>
  transformSync(readFileSync(join(root, path), 'utf8'), { loader: 'ts', minify: true, logLevel: 'silent' }).code

/** The modules of a bundle whose code has the text: who brought it in. */
export const findCarriers = ({ modules }: Bundle, pattern: RegExp): readonly string[] =>
  modules.map(([path]) => path).filter((path) => existsSync(join(root, path)) && pattern.test(withoutComments(path)))
