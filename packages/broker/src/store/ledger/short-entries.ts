import type { Nanos } from '@vendo/contract'
import { type Amounts, type Entry, heldAmount, type Measure } from './entry.ts'

/**
 * Entries in a fifth of the room: the three amounts of the hold once, and for each scope the letters of its accounts, with
 * their windows. In JSON:
 * `{"held":["147456000","147456000",8300],"key:k1":"c r29364000 d2026-11-20","tenant:acme":"b"}`
 */
export interface ShortEntries extends Readonly<Record<string, unknown>> {
  /** The spent amount includes the reserve, which is named only where there is one. */
  readonly held: readonly [walletNanos: string, spendNanos: string, tokens: number, reservedNanos?: string]
}

/** An account by its letter: how its name ends, or goes on with its window. */
const endings: Readonly<Record<string, { readonly ending: string; readonly measure: Measure }>> = {
  a: { ending: 'spend_total', measure: 'spend' },
  b: { ending: 'balance', measure: 'wallet' },
  c: { ending: 'concurrency', measure: 'slot' },
  d: { ending: 'spend_day:', measure: 'spend' },
  f: { ending: 'free_requests_minute:', measure: 'request' },
  m: { ending: 'spend_month:', measure: 'spend' },
  r: { ending: 'requests_minute:', measure: 'request' },
  t: { ending: 'tokens_minute:', measure: 'tokens' },
}
const letters = new Map(Object.entries(endings).map(([letter, { ending }]) => [ending, letter]))
const accountParts = /^(.+):(?:(spend_total|balance|concurrency)|([a-z_]+:)([\d-]+))$/s

/** The accounts of a hold, as every hold of one claimant and minute names them. */
export const encodeAccounts = (accounts: readonly Pick<Entry, 'account'>[]): string => {
  const scopes = new Map<string, string[]>()
  for (const { account } of accounts) {
    const [, scope, whole, start, window = ''] = accountParts.exec(account) ?? []
    const letter = letters.get(whole ?? start ?? '')
    if (scope === undefined || letter === undefined) throw new TypeError(`account ${account} has no short name`)
    const codes = scopes.get(scope) ?? []
    scopes.set(scope, codes)
    codes.push(letter + window)
  }
  return [...scopes].map(([scope, codes]) => `,${JSON.stringify(scope)}:"${codes.join(' ')}"`).join('')
}

/** What a hold keeps in its column `entries`: its amounts, and its accounts as {@link encodeAccounts} wrote them. */
export const encodeShortEntries = (
  accounts: string,
  { walletNanos, spendNanos, tokens }: Amounts,
  reservedNanos: Nanos = 0n,
): string => {
  const reserve = reservedNanos === 0n ? '' : `,"${reservedNanos}"`
  return `{"held":["${walletNanos}","${spendNanos}",${tokens}${reserve}]${accounts}}`
}

/** Reads what {@link encodeShortEntries} wrote. */
export const readShortEntries = ({ held: [wallet, spend, tokens], ...scopes }: ShortEntries): readonly Entry[] => {
  const amounts: Amounts = { walletNanos: BigInt(wallet), spendNanos: BigInt(spend), tokens }
  return Object.entries(scopes).flatMap(([scope, codes]) =>
    String(codes)
      .split(' ')
      .map((code) => {
        const known = endings[code.charAt(0)]
        if (known === undefined) throw new TypeError(`no account is called ${code}`)
        const account = `${scope}:${known.ending}${code.slice(1)}`
        return { account, measure: known.measure, amount: heldAmount(known.measure, amounts) }
      }),
  )
}
