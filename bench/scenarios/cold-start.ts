import { join } from 'node:path'
import { openSqliteStore } from '@vendo/broker'
import { createSqliteStore } from '../broker/create-store.ts'
import { fillLedger } from '../broker/fill-ledger.ts'
import { benchVaultKey } from '../broker/seed-store.ts'
import { freePort } from '../lib/free-port.ts'
import { spreadOf } from '../lib/spread.ts'
import { startProgram } from '../lib/start-program.ts'
import { part, type Scenario } from './scenario.ts'

const root = join(import.meta.dirname, '..', '..')
const calls = 10_000

/** `vendo broker` from the command line to its first `200` on `/readyz`, on a store with some history. */
export const coldStart: Scenario = {
  name: 'cold-start',
  targets: ['cold-start'],
  run: async ({ folder, quick }) => {
    const created = await createSqliteStore(folder)
    const path = 'sqlite' in created.store ? created.store.sqlite : ''
    const store = await openSqliteStore({ path })
    await fillLedger(store, 0, calls)
    await store.close()
    const times: number[] = []
    for (let start = 0; start < (quick ? 5 : 15); start++) times.push(await timeStart(path))
    return [{ target: 'cold-start', value: spreadOf(times), parts: [part('calls in the ledger', calls, '')] }]
  },
}

const timeStart = async (path: string): Promise<number> => {
  const port = await freePort()
  const startedAt = performance.now()
  const program = startProgram({
    command: process.execPath,
    args: [
      ...[join(root, 'packages/cli/dist/bin.js'), 'broker'],
      ...['--store', `sqlite:${path}`, '--port', String(port)],
    ],
    env: { VENDO_VAULT_KEY: benchVaultKey },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  try {
    await untilReady(`http://127.0.0.1:${port}/readyz`)
    return performance.now() - startedAt
  } finally {
    await program.stop()
  }
}

const mostTries = 2_000

const untilReady = async (url: string): Promise<void> => {
  for (let tried = 0; tried < mostTries; tried++) {
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('The broker did not become ready.')
}
