import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  createBroker,
  createLogger,
  createMetrics,
  createVault,
  openPostgresStore,
  openSqliteStore,
  type Store,
} from '@vendo/broker'
import { Secret } from '@vendo/contract'
import { createCommitTimings } from './commit-timings.ts'
import { createDiscardingTracer } from './discarding-tracer.ts'
import type { Answers, BrokerSetup, Question } from './messages.ts'
import { benchVaultKey } from './seed-store.ts'

// The broker under test: the default one, with logs on stdout, metrics, and a line to the bench.
const setup = JSON.parse(process.argv[2] ?? '{}') as BrokerSetup
const open = (): Promise<Store> =>
  'sqlite' in setup.store
    ? openSqliteStore({ path: setup.store.sqlite })
    : openPostgresStore({ url: setup.store.postgres })

const store = await open()
const timings = setup.timings ? createCommitTimings() : undefined
const broker = createBroker({
  store: timings?.watch(store) ?? store,
  vault: createVault({ keyEncryptionKey: new Secret(benchVaultKey) }),
  upstreamOrigins: { anthropic: setup.upstreamOrigin, openai: setup.upstreamOrigin },
  logger: createLogger('info'),
  metrics: createMetrics({ ofProcess: true }),
  ...(setup.traces === true && { tracer: createDiscardingTracer() }),
})
const { url } = await broker.listen({ port: 0 })

const loopStepMs = 1
let loop: ReturnType<typeof monitorEventLoopDelay> | undefined

const answers: { readonly [Q in Question]: () => Promise<Answers[Q]> } = {
  'watch-loop': async () => {
    loop ??= monitorEventLoopDelay({ resolution: loopStepMs })
    loop.enable()
    loop.reset()
    return null
  },
  // The monitor's own step is part of what it reports.
  'read-loop': async () => Math.max(0, (loop?.max ?? 0) / 1_000_000 - loopStepMs),
  'reset-timings': async () => {
    timings?.reset()
    return null
  },
  'read-timings': async () => timings?.read() ?? null,
  verify: async () => {
    const { ok, problems, rows } = await store.verify()
    return { ok, problems, rows }
  },
  'collect-garbage': async () => {
    globalThis.gc?.()
    return null
  },
}

process.on('message', async ({ id, question }: { readonly id: number; readonly question: Question }) => {
  process.send?.({ id, answer: await answers[question]() })
})
process.once('SIGTERM', async () => {
  await broker.close()
  process.exit(0)
})
process.send?.({ port: Number(new URL(url).port) })
