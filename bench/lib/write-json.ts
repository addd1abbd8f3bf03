import { writeFileSync } from 'node:fs'

/** Writes a value for people and for git: indented, with a line end. */
export const writeJson = (path: string, value: unknown): void => {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}
