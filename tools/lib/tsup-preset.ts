import { defineConfig, type Options } from 'tsup'

/** What differs between the packages' builds. */
export interface BuildShape {
  /** Output name → source file. */
  readonly entry: Readonly<Record<string, string>>
  /** ESM and CommonJS for what applications import; ESM alone for the rest. */
  readonly formats: 'dual' | 'esm'
  /** Oldest runtime of the package, as esbuild writes it. */
  readonly target: string
  /** Declarations; off for a package that nobody imports. */
  readonly types?: boolean
}

/** One tsup configuration for every package. Splitting keeps one copy of each class, so that `instanceof` works across entries. */
export const definePackageBuild = ({ entry, formats, target, types = true }: BuildShape): Options | Options[] =>
  defineConfig({
    entry: { ...entry },
    format: formats === 'dual' ? ['esm', 'cjs'] : ['esm'],
    target,
    platform: formats === 'dual' ? 'neutral' : 'node',
    splitting: true,
    clean: true,
    dts: types && { compilerOptions: { customConditions: [], allowImportingTsExtensions: true } },
    // It names no files: what the entries reach is the program.
    tsconfig: '../../tools/lib/tsconfig.build.json',
    sourcemap: false,
    silent: true,
    // tsup would write `sqlite` for `node:sqlite`, and that module has no other name.
    removeNodeProtocol: false,
  }) as Options | Options[]
