import type { Store } from './store.ts'

/** The same store, whose reports first wait until every settlement that was already decided is durable: who saw an answer end finds its bill. */
export const readSettled = (store: Store, settled: () => Promise<void>): Store => {
  const after =
    <Arguments extends readonly unknown[], Result>(read: (...input: Arguments) => Promise<Result>) =>
    async (...input: Arguments): Promise<Result> => {
      await settled()
      return read(...input)
    }
  return {
    ...store,
    balance: after((tenantId: string) => store.balance(tenantId)),
    getCall: after((attemptId: string) => store.getCall(attemptId)),
    scopeLimits: after((...input: Parameters<Store['scopeLimits']>) => store.scopeLimits(...input)),
    keySpend: after((keyId: string) => store.keySpend(keyId)),
    listCalls: after((query: Parameters<Store['listCalls']>[0]) => store.listCalls(query)),
    summarizeUsage: after((query: Parameters<Store['summarizeUsage']>[0]) => store.summarizeUsage(query)),
    verify: after(() => store.verify()),
  }
}
