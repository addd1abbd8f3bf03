import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A child process with the store open, and the lines it has printed so far. */
export interface WritingChild {
  readonly process: ChildProcess
  readonly lines: readonly string[]
  /** Resolves as soon as the child has printed that many lines. */
  printed(count: number): Promise<void>
  /** Ends the child as `kill -9` does, and resolves when it is gone and all it printed has been read. */
  kill(): Promise<void>
}

/** Starts a process that opens the store; `write` makes it hold and settle until it is killed, `hold` keeps it open. */
export const startWritingChild = (path: string, mode: 'write' | 'hold'): WritingChild => {
  const script = new URL('./writing-child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--conditions=vendo-source', script, path, mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const waiting: { count: number; resolve: () => void; reject: (error: Error) => void }[] = []
  const reader = createInterface({ input: child.stdout })
  const ended = new Promise<void>((resolve) => reader.once('close', resolve))
  reader.on('line', (line) => {
    lines.push(line)
    for (const { count, resolve } of waiting) if (lines.length >= count) resolve()
  })
  child.once('exit', () => {
    for (const { reject } of waiting) reject(new Error('the child ended before it had printed enough'))
  })
  return {
    process: child,
    lines,
    printed: (count) =>
      new Promise((resolve, reject) => {
        if (lines.length >= count) resolve()
        else waiting.push({ count, resolve, reject })
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
