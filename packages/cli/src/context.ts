import type { Readable } from 'node:stream'

/** Where text goes: a terminal, a file or a pipe. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** Everything that a command reaches outside itself, so that each can be run in a test as it is. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder in which the user stands. */
  readonly cwd: string
  readonly input: Readable & { readonly isTTY?: boolean }
  /** For results. */
  readonly output: Output
  /** For everything else: progress, notes, bills of `vendo run`. */
  readonly errors: Output
  /** What `vendo` ends with; default 0. */
  exit(code: number): void
}
