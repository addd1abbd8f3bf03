import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** How the provider and the load generator are started. */
export interface LoadTools {
  readonly mock: Command
  readonly load: Command
  /** Native ones take a few microseconds for each request; those in JavaScript take longer than the broker does. */
  readonly native: boolean
}

/** A program with its first arguments. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
}

const sources = join(import.meta.dirname, '..', 'load')

/** Compiles the C programs into a folder, or falls back to those in JavaScript where there is no C compiler. */
export const prepareLoadTools = (folder: string): LoadTools => {
  const mock = compile('mock', folder)
  const load = compile('load', folder)
  if (mock !== undefined && load !== undefined) return { mock, load, native: true }
  return { mock: inNode('mock'), load: inNode('load'), native: false }
}

const compile = (name: string, folder: string): Command | undefined => {
  const file = join(folder, name)
  const { status } = spawnSync('cc', ['-O2', '-o', file, join(sources, `${name}.c`)], { stdio: 'ignore' })
  return status === 0 ? { command: file, args: [] } : undefined
}

const inNode = (name: string): Command => ({ command: process.execPath, args: [join(sources, `${name}.ts`)] })
