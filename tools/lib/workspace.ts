import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import ts from 'typescript'

/** The absolute path of the repository. */
export const root: string = resolve(import.meta.dirname, '../..')

/** What `package.json` says that the checks care about. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly engines?: { readonly node?: string }
  readonly scripts?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** One workspace under `packages/`. `folder` is relative to the repository, `short` is the folder's own name. */
export interface WorkspacePackage {
  readonly short: string
  readonly folder: string
  readonly manifest: Manifest
}

/** Every package, by folder name. */
export const listPackages = (): readonly WorkspacePackage[] =>
  globSync('packages/*/package.json', { cwd: root })
    .sort()
    .map((path) => ({
      short: path.split(sep)[1] ?? '',
      folder: dirname(path),
      manifest: JSON.parse(readFileSync(resolve(root, path), 'utf8')) as Manifest,
    }))

const isOutput = (name: string): boolean =>
  name === 'node_modules' || name === 'dist' || name === '.vendo' || name === 'coverage'

/** Paths relative to the repository, with `/`, sorted; build output and installed packages left out. */
export const listFiles = (patterns: readonly string[]): readonly string[] =>
  globSync([...patterns], { cwd: root, exclude: isOutput })
    .map((path) => path.split(sep).join('/'))
    .sort()

/** Every TypeScript file that a person wrote or a generator made. */
export const listTypeScript = (): readonly string[] =>
  listFiles(['{packages,examples,tools,bench}/**/*.ts', '*.ts']).filter((path) => !path.endsWith('.d.ts'))

/** Whether a file runs only under vitest, or exists only for what does. */
export const isTest = (path: string): boolean => /\.(test|test-d)\.ts$|(^|\/)(test|fixtures)\//.test(path)

/** Whether a file configures a tool that insists on a default export. */
export const isToolConfig = (path: string): boolean =>
  /(^|\/)(tsup|vitest(\.[a-z]+)?)\.(config|workspace)\.ts$/.test(path)

/** Parses a file of the repository; no types, so it takes well under a millisecond. */
export const parseFile = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(resolve(root, path), 'utf8'), ts.ScriptTarget.ES2023, true)

/** `path:line` of a node, as terminals and editors make clickable. */
export const locate = (file: ts.SourceFile, node: ts.Node): string =>
  `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`

/** A path relative to the repository, with `/`. */
export const fromRoot = (absolute: string): string => relative(root, absolute).split(sep).join('/')
