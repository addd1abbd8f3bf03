import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A broker in a process of its own. */
export interface BrokerChild {
  readonly url: string
  /** Sends the signal; resolves to the exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string | null>
}

/** Starts `broker-process.ts` on a store and one upstream for every provider. */
export const startBrokerChild = async (place: string, origin: string): Promise<BrokerChild> => {
  const script = join(import.meta.dirname, '../broker-process.ts')
  const child: ChildProcess = spawn(process.execPath, ['--conditions=vendo-source', script, place, origin], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  const exited = once(child, 'exit')
  return {
    url: line.toString().trim(),
    end: async (signal) => {
      child.kill(signal)
      const [code, killedBy] = (await exited) as [number | null, string | null]
      return code ?? killedBy
    },
  }
}
