import { isBuiltin } from 'node:module'
import type { Edge } from './import-graph.ts'
import { brokerFloors, bundledInto, developmentOnly, mayImport, sharedTypes, withoutNode } from './layer-rules.ts'
import { isTest, isToolConfig, type Manifest } from './workspace.ts'

const packageOf = (path: string): string | undefined => /^packages\/([^/]+)\//.exec(path)?.[1]

const crossesFolders = ({ from, to, names }: Edge): string | undefined => {
  if (names !== undefined || to === undefined) return undefined
  const [source, target] = [packageOf(from), packageOf(to)]
  if (source === undefined || target === undefined || source === target || developmentOnly.has(source)) return undefined
  return `reaches into packages/${target} by path: import \`@vendo/${target}\``
}

const breaksFloor = ({ from, names, typeOnly }: Edge): string | undefined => {
  const source = packageOf(from)
  if (source === undefined || names === undefined || developmentOnly.has(source)) return undefined
  if (names.short === source) return 'imports its own package by name: use a relative path'
  if (developmentOnly.has(names.short)) return `${names.short} is for tests only`
  const allowed = mayImport[source] ?? []
  if (allowed.includes(names.entry) || (typeOnly && allowed.includes(`type:${names.entry}`))) return undefined
  const types = allowed.includes(`type:${names.entry}`) ? ' (types only: write `import type`)' : ''
  return `${source} may not import @vendo/${names.entry}${types}`
}

const roomOf = (path: string): string | undefined => /^packages\/broker\/src\/([^/]+?)(?:\/|\.ts$)/.exec(path)?.[1]

const floorOf = (room: string): number => brokerFloors.findIndex((rooms) => rooms.includes(room))

const breaksRoom = ({ from, to, typeOnly }: Edge): string | undefined => {
  const [source, target] = [roomOf(from), to === undefined ? undefined : roomOf(to)]
  if (source === undefined || target === undefined || source === target) return undefined
  if (typeOnly && to === sharedTypes) return undefined
  const [above, below] = [floorOf(source), floorOf(target)]
  if (above < 0 || below < 0) {
    return `\`${above < 0 ? source : target}\` is not a room of the broker: move it, or add it to tools/lib/layer-rules.ts`
  }
  if (above < below) return undefined
  return above === below
    ? `${source} and ${target} are on one floor of the broker and may not import each other`
    : `${source} is below ${target} in the broker and may not import it`
}

const leavesRuntime = ({ from, specifier, typeOnly }: Edge): string | undefined => {
  const source = packageOf(from)
  if (source === undefined || typeOnly || !withoutNode.has(source) || !isBuiltin(specifier)) return undefined
  return `${source} must run without Node: no \`${specifier}\``
}

/** What is wrong with an import, or nothing. Tests may import anything, but other packages by name only. */
export const judgeEdge = (edge: Edge): string | undefined => {
  if (isToolConfig(edge.from)) return undefined
  if (isTest(edge.from)) return crossesFolders(edge)
  return crossesFolders(edge) ?? breaksFloor(edge) ?? breaksRoom(edge) ?? leavesRuntime(edge)
}

/** Whether a package's source imports, at run time, a package that its manifest does not declare. */
export const isUndeclared = ({ from, specifier, typeOnly }: Edge, manifest: Manifest): boolean => {
  if (typeOnly || isTest(from) || isToolConfig(from) || /^[./#]/.test(specifier) || isBuiltin(specifier)) return false
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }
  const bundled = bundledInto[manifest.name] ?? []
  return name !== manifest.name && !bundled.includes(name) && !Object.hasOwn(declared, name)
}
