import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import vm from 'node:vm'
import { build } from 'esbuild'
import { runCommand } from './run-command.ts'
import { root, type WorkspacePackage } from './workspace.ts'

/** One entry of a package: how it is imported, and whether CommonJS may. */
export interface PackedEntry {
  readonly specifier: string
  readonly dual: boolean
}

/** The entries that `exports` promises, `package.json` itself aside. */
export const listEntries = ({ manifest }: WorkspacePackage): readonly PackedEntry[] =>
  Object.entries(manifest.exports ?? {})
    .filter(([subpath]) => subpath !== './package.json')
    .map(([subpath, target]) => ({
      specifier: `${manifest.name}${subpath.slice(1)}`,
      dual: typeof target === 'object' && target !== null && 'require' in target,
    }))

const use = `
const token = await new Vendo({ env: { ANTHROPIC_API_KEY: 'test-key' }, dotenv: false }).token('anthropic')
if (token !== 'test-key') throw new Error('token() gave ' + token)
const refused = await new Vendo({ env: {}, dotenv: false }).token('anthropic').catch((error) => error)
if (!isVendoError(refused) || !(refused instanceof NotConnected)) throw new Error('not a NotConnected: ' + refused)`

// A worker is found beside the module that starts it, which only a run of the build can show.
const openStore = `
const { openSqliteStore } = await import('@vendo/broker')
const store = await openSqliteStore({ path: ':memory:' })
await store.ping()
await store.close()`

const names = '{ Vendo, NotConnected, isVendoError }'
const has = (entries: readonly PackedEntry[], name: string): boolean =>
  entries.some(({ specifier }) => specifier === name)
const hasSdk = (entries: readonly PackedEntry[]): boolean => has(entries, '@vendo/sdk')

const writeScripts = (folder: string, entries: readonly PackedEntry[]): readonly [esm: string, cjs: string] => {
  const check = 'if (Object.keys(loaded).length === 0) throw new Error(specifier + " exports nothing")'
  const list = (some: readonly PackedEntry[]) => JSON.stringify(some.map(({ specifier }) => specifier))
  const esm = `for (const specifier of ${list(entries)}) { const loaded = await import(specifier); ${check} }
${hasSdk(entries) ? `const ${names} = await import('@vendo/sdk')${use}` : ''}
${has(entries, '@vendo/broker') ? openStore : ''}`
  const cjs = `for (const specifier of ${list(entries.filter(({ dual }) => dual))}) { const loaded = require(specifier); ${check} }
${hasSdk(entries) ? `(async () => { const ${names} = require('@vendo/sdk')${use} })().catch((error) => { console.error(error); process.exit(1) })` : ''}`
  const stem = `probe-${entries.length}`
  writeFileSync(join(folder, `${stem}.mjs`), esm)
  writeFileSync(join(folder, `${stem}.cjs`), cjs)
  return [`${stem}.mjs`, `${stem}.cjs`]
}

/** Imports and requires the entries in a runtime, and uses the SDK. Gives what went wrong, if anything. */
export const probeRuntime = async (
  project: string,
  runtime: { readonly name: string; readonly program: string },
  entries: readonly PackedEntry[],
): Promise<readonly string[]> => {
  const problems: string[] = []
  for (const script of writeScripts(project, entries)) {
    const { code, output } = await runCommand({ program: runtime.program, args: [script], cwd: project })
    if (code !== 0) problems.push(`${runtime.name} fails on ${script}:\n${output.trim()}`)
  }
  return problems
}

/** Starts the command as a user's shell would; `--help` needs neither a broker nor a store. */
export const probeCommand = async (
  project: string,
  runtime: { readonly name: string; readonly program: string },
): Promise<readonly string[]> => {
  const args = ['node_modules/@vendo/cli/bin/vendo.js', '--help']
  const { code, output } = await runCommand({ program: runtime.program, args, cwd: project })
  const helps = code === 0 && output.includes('vendo')
  return helps ? [] : [`\`vendo --help\` ends with ${code} on ${runtime.name}:\n${output.trim()}`]
}

/** Type-checks an import of each entry, as ESM and as CommonJS, without the `source` condition. */
export const probeTypes = async (project: string, entries: readonly PackedEntry[]): Promise<readonly string[]> => {
  const lines = (some: readonly PackedEntry[]) =>
    some.map(({ specifier }, index) => `import * as entry${index} from '${specifier}'\nexport { entry${index} }`)
  const call =
    "import { Vendo } from '@vendo/sdk'\nexport const token: Promise<string> = new Vendo().token('anthropic')\n"
  const usage = hasSdk(entries) ? call : ''
  writeFileSync(join(project, 'types.mts'), `${lines(entries).join('\n')}\n${usage}`)
  writeFileSync(join(project, 'types.cts'), `${lines(entries.filter(({ dual }) => dual)).join('\n')}\n${usage}`)
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], strict: true, noEmit: true },
    ...{ exactOptionalPropertyTypes: true, skipLibCheck: false },
    ...{ typeRoots: [join(root, 'node_modules/@types')], types: ['node'] },
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts', 'types.cts'] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { output } = await runCommand({ program: process.execPath, args: [tsc, '-p', project, '--pretty', 'false'] })
  // Declarations of others may have errors of their own; only ours and the probe's are ours to mend.
  const isOurs = (line: string) => /error TS/.test(line) && (/@vendo\//.test(line) || !line.includes('node_modules/'))
  return output.split('\n').filter(isOurs)
}

/** Bundles the installed SDK and runs it where there is no `process`, no `require` and no `Buffer`, as in a worker. */
export const probeBareContext = async (project: string): Promise<readonly string[]> => {
  const contents = `import ${names} from '@vendo/sdk'\nglobalThis.done = (async () => {${use}\n})()`
  const web = { URL, URLSearchParams, Headers, Request, Response, AbortController, AbortSignal, fetch }
  const timers = { TextEncoder, TextDecoder, setTimeout, clearTimeout, queueMicrotask, structuredClone, ReadableStream }
  const context = vm.createContext({ ...web, ...timers })
  try {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: project },
      ...{ bundle: true, write: false, format: 'iife', platform: 'browser', logLevel: 'silent' },
    })
    vm.runInContext(outputFiles[0]?.text ?? '', context)
    await context['done']
    return []
  } catch (cause) {
    return [`the SDK fails in a context without \`process\`: ${cause instanceof Error ? cause.stack : String(cause)}`]
  }
}
