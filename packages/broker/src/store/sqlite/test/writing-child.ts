import { openSqliteStore } from '../open-sqlite-store.ts'

// A process that writes until it is killed: 50 calls at once, each held, and most of them settled. It prints the id of a
// hold only once the store has said that it is durable.
const [path = '', mode = 'write'] = process.argv.slice(2)
const store = await openSqliteStore({ path })
process.stdout.write('open\n')

const call = async (attemptId: string): Promise<void> => {
  const outcome = await store.hold({
    attemptId,
    requestId: `request-of-${attemptId}`,
    tenantId: 'acme',
    keyId: 'key-1',
    appId: 'acme-app',
    connectionId: 'acme-anthropic',
    integration: 'anthropic',
    route: 'POST /v1/messages',
    model: null,
    streamed: true,
    walletNanos: 100n,
    spendNanos: 100n,
    tokens: 100,
    defaultRequestsPerMinute: null,
    ttlMs: 60_000,
  })
  if (outcome.admitted) process.stdout.write(`held ${attemptId}\n`)
}

const settle = async (attemptId: string): Promise<void> => {
  await store.settle({
    attemptId,
    state: 'actual',
    reason: null,
    flags: [],
    walletNanos: 30n,
    spendNanos: 30n,
    listNanos: 25n,
    cacheSavingsNanos: 0n,
    lines: [],
    quantities: { output: 5 },
    tokens: 5,
    reasoningTokens: null,
    servedModel: null,
    responseId: null,
    upstreamStatus: 200,
    ttfbMs: 1,
    durationMs: 2,
  })
  process.stdout.write(`settled ${attemptId}\n`)
}

const writeForEver = async (writer: number): Promise<never> => {
  for (let index = 0; ; index++) {
    const attemptId = `attempt-${writer}-${index}`
    await call(attemptId)
    if (index % 4 !== 0) await settle(attemptId)
  }
}

if (mode === 'write') await Promise.all(Array.from({ length: 50 }, (_, writer) => writeForEver(writer)))
// Keeps the process, and so the lock, until it is killed.
process.stdin.resume()
