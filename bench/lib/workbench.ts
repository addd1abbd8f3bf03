import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoadTools, prepareLoadTools } from './load-tools.ts'
import { createRunLoad, type RunLoad } from './run-load.ts'
import { cores, firstLine, startProgram, stopPrograms } from './start-program.ts'

/** What every benchmark works with. */
export interface Workbench {
  /** For stores and logs; removed at the end. */
  readonly folder: string
  readonly tools: LoadTools
  readonly mockPort: number
  readonly runLoad: RunLoad
  /** Ends every program that still runs, and removes the folder. */
  close(): Promise<void>
}

/** Builds the tools and starts the mock. `VENDO_BENCH_DIR` names the disk to measure on; default: the temporary folder. */
export const openWorkbench = async (): Promise<Workbench> => {
  const folder = mkdtempSync(join(process.env['VENDO_BENCH_DIR'] ?? tmpdir(), 'vendo-bench-'))
  const tools = prepareLoadTools(folder)
  const mock = startProgram({ ...tools.mock, core: cores.around })
  const mockPort = Number(await firstLine(mock))
  return {
    folder,
    tools,
    mockPort,
    runLoad: createRunLoad(tools, folder),
    close: async () => {
      await stopPrograms()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
