import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Mutant } from '../../mutants/mutant.ts'

/** The mutants of one file under `tools/mutants`; the topic is the file's name. */
export interface Topic {
  readonly name: string
  readonly mutants: readonly Mutant[]
}

/** Reads every topic in a folder, by name. @throws {Error} when a file there, other than `mutant.ts`, exports no `mutants`. */
export const loadTopics = async (folder: string): Promise<readonly Topic[]> => {
  const topics: Topic[] = []
  for (const file of globSync('*.ts', { cwd: folder }).sort()) {
    if (file === 'mutant.ts') continue
    const { mutants } = (await import(pathToFileURL(join(folder, file)).href)) as { mutants?: readonly Mutant[] }
    if (!Array.isArray(mutants) || mutants.length === 0)
      throw new Error(`${join(folder, file)} exports no \`mutants\`.`)
    topics.push({ name: basename(file, '.ts'), mutants })
  }
  return topics
}
