import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultRateAccount, scopeAccounts, walletAccount } from './account.ts'
import { encodeEntries, entriesOf } from './entries-column.ts'
import { type Entry, heldAmount, type Measure } from './entry.ts'
import { encodeAccounts, encodeShortEntries } from './short-entries.ts'

const now = Date.UTC(2026, 10, 20, 12)
const amounts = { walletNanos: 2n ** 62n, spendNanos: 7n, tokens: 8_300 }

const entry = (measure: Measure, account: string): Entry => ({ account, measure, amount: heldAmount(measure, amounts) })

/** Every account that a hold of one key of one tenant can touch. */
const everyEntry = (keyId: string, tenantId: string): readonly Entry[] => [
  entry('request', defaultRateAccount(keyId, now)),
  ...[
    { kind: 'key' as const, id: keyId },
    { kind: 'tenant' as const, id: tenantId },
  ].flatMap((scope): readonly Entry[] => {
    const accounts = scopeAccounts(scope, now)
    return [
      entry('slot', accounts.concurrency),
      entry('request', accounts.requestsMinute),
      entry('tokens', accounts.tokensMinute),
      entry('spend', accounts.spendDay),
      entry('spend', accounts.spendMonth),
      entry('spend', accounts.spendTotal),
    ]
  }),
  entry('wallet', walletAccount(tenantId)),
]

const read = (entries: string): readonly Entry[] => entriesOf({ entries, adopted: null })

describe('short entries', () => {
  it('are read as the entries that were written, whatever the ids are', () => {
    const ids = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('a:spend_total', 'held', 'b c', '__proto__', 'x:tokens_minute:3', 'balance'),
    )
    fc.assert(
      fc.property(ids, ids, (keyId, tenantId) => {
        const entries = everyEntry(keyId, tenantId)
        expect(read(encodeShortEntries(encodeAccounts(entries), amounts))).toEqual(entries)
      }),
    )
  })

  it('are read beside those of older holds', () => {
    const entries = everyEntry('key-1', 'acme')
    expect(read(encodeEntries(entries))).toEqual(entries)
    expect(encodeShortEntries(encodeAccounts(entries), amounts).length * 3).toBeLessThan(encodeEntries(entries).length)
  })

  it('are not written for an account that has no short name', () => {
    expect(() => encodeAccounts([{ account: 'key:key-1:something_new:7' }])).toThrow('has no short name')
  })
})
