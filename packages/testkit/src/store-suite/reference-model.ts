/** The simplest thing that could be right: sums in maps, one call at a time. What a real store does must equal this. */
export interface ReferenceModel {
  topUp(amount: bigint): void
  hold(attemptId: string, call: { key: string; minute: number; wallet: bigint; spend: bigint }): boolean
  settle(attemptId: string, wallet: bigint, spend: bigint): boolean
  available(): bigint
  spent(key: string): bigint
}

/** Limits of the model's keys: nano-USD in total, calls at once, requests per minute. */
export interface ModelLimits {
  readonly total: bigint
  readonly concurrency: number
  readonly requests: number
}

/** An empty model. */
export const createReferenceModel = (limits: Readonly<Record<string, ModelLimits>>): ReferenceModel => {
  let credit = 0n
  const calls = new Map<string, { key: string; minute: number; wallet: bigint; spend: bigint; open: boolean }>()
  const all = () => [...calls.values()]
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
  const available = (): bigint => credit - sum(all().map(({ wallet }) => wallet))
  const spent = (key: string): bigint => sum(all().flatMap((call) => (call.key === key ? [call.spend] : [])))
  return {
    topUp: (amount) => {
      credit += amount
    },
    hold: (attemptId, call) => {
      const limit = limits[call.key]
      const own = all().filter(({ key }) => key === call.key)
      const fits =
        limit !== undefined &&
        own.filter(({ open }) => open).length < limit.concurrency &&
        own.filter(({ minute }) => minute === call.minute).length < limit.requests &&
        (call.spend === 0n || spent(call.key) + call.spend <= limit.total) &&
        (call.wallet === 0n || call.wallet <= available())
      if (fits) calls.set(attemptId, { ...call, open: true })
      return fits
    },
    settle: (attemptId, wallet, spend) => {
      const call = calls.get(attemptId)
      if (call === undefined || !call.open) return false
      calls.set(attemptId, { ...call, wallet, spend, open: false })
      return true
    },
    available,
    spent,
  }
}
