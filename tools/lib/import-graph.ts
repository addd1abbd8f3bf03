import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { findImports } from './find-imports.ts'
import { fromRoot, listPackages, locate, type Manifest, parseFile, root, type WorkspacePackage } from './workspace.ts'

/** One import, resolved as far as layers need. */
export interface Edge {
  readonly from: string
  /** `path:line` of the import. */
  readonly at: string
  readonly specifier: string
  readonly typeOnly: boolean
  /** The file of the repository it leads to, where it is one. */
  readonly to: string | undefined
  /** The workspace package it names (`@vendo/contract/api` → `contract`) and the entry (`contract/api`). */
  readonly names: { readonly short: string; readonly entry: string } | undefined
}

const scope = '@vendo/'

const sourceOf = (manifest: Manifest, subpath: string): string | undefined => {
  const entry = manifest.exports?.[subpath]
  if (typeof entry !== 'object' || entry === null || !('vendo-source' in entry)) return undefined
  return typeof entry['vendo-source'] === 'string' ? entry['vendo-source'] : undefined
}

const resolveFile = (from: string, specifier: string): string | undefined => {
  const path = resolve(root, dirname(from), specifier)
  return existsSync(path) && statSync(path).isFile() ? fromRoot(path) : undefined
}

const readNames = (specifier: string): Edge['names'] => {
  if (!specifier.startsWith(scope)) return undefined
  const entry = specifier.slice(scope.length)
  return { short: entry.split('/')[0] ?? entry, entry }
}

const resolveNamed = (entry: string, packages: readonly WorkspacePackage[]): string | undefined => {
  const [short, ...rest] = entry.split('/')
  const target = packages.find((candidate) => candidate.short === short)
  if (target === undefined) return undefined
  const source = sourceOf(target.manifest, rest.length === 0 ? '.' : `./${rest.join('/')}`)
  return source === undefined ? undefined : fromRoot(resolve(root, target.folder, source))
}

/** Every import of the given files. */
export const readEdges = (paths: readonly string[]): readonly Edge[] => {
  const packages = listPackages()
  return paths.flatMap((from) => {
    const file = parseFile(from)
    return findImports(file).map(({ specifier, typeOnly, node }): Edge => {
      const names = readNames(specifier)
      const to = names === undefined ? undefined : resolveNamed(names.entry, packages)
      const relative = specifier.startsWith('.') ? resolveFile(from, specifier) : undefined
      return { from, at: locate(file, node), specifier, typeOnly, to: to ?? relative, names }
    })
  })
}

/** Runtime import cycles, each as its files in order, beginning with the first by name. */
export const findCycles = (edges: readonly Edge[]): readonly (readonly string[])[] => {
  const next = new Map<string, Set<string>>()
  for (const { from, to, typeOnly } of edges) {
    if (to !== undefined && !typeOnly) next.set(from, (next.get(from) ?? new Set()).add(to))
  }
  const cycles = new Map<string, readonly string[]>()
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      const cycle = trail.slice(start)
      cycles.set([...cycle].sort().join(' '), cycle)
      return
    }
    if (done.has(path)) return
    for (const target of next.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of [...next.keys()].sort()) visit(path, [])
  return [...cycles.values()]
}
