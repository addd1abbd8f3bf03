import type { CallResponse } from '@vendo/contract/api'
import { describe, expect, it } from 'vitest'
import { renderBill } from './render-bill.ts'
import { cachedCall, sampleCall } from './sample-call.ts'

const plain = { title: 'Bill', colour: false, width: 80 } as const
const ledger = { ok: true, checked: { accounts: 4, rows: 1_204, open_holds: 0 }, problems: [] }

describe('renderBill', () => {
  it('shows the tokens of a call whose provider reports the cost of the whole', () => {
    const lines = [
      { meter: 'request', quantity: 1, rate_usd: '0.002', margin: '0', list_nanos: '2000000', charge_nanos: '2000000' },
    ]
    const bill = renderBill({
      ...plain,
      calls: [sampleCall({ lines, quantities: { input: 24, output: 1_046, web_search: 0 } })],
    })
    expect(bill).toMatch(/^ {2}input +24 +in the call$/m)
    expect(bill).toMatch(/^ {2}output +1,046 +in the call$/m)
    expect(bill).not.toContain('web search')
  })

  it('shows no amount where the price is unknown, and a total that says so', () => {
    const unknown = sampleCall({
      ...{ list_nanos: null, charge_nanos: '0', lines: [], flags: ['price_unknown'] },
      ...{ state: 'estimated', reason: 'price_unknown', quantities: { input: 24, output: 7 } },
    })
    const alone = renderBill({ ...plain, calls: [unknown] })
    expect(alone).toMatch(/^ {2}input +24 +no rate$/m)
    expect(alone).toMatch(/^total of 1 call +unknown$/m)
    expect(alone).not.toContain('$0')
    expect(renderBill({ ...plain, calls: [unknown, sampleCall()] })).toMatch(
      /^total of 2 calls +\$0\.00003948 \+ unknown/m,
    )
  })

  it('shows each call and token class, the total, savings, slowest call, balance and ledger', () => {
    expect(
      renderBill({
        ...plain,
        calls: [sampleCall(), cachedCall()],
        simulated: true,
        balanceBefore: 10_000_000_000n,
        balanceAfter: 9_998_431_000n,
        ledger,
      }),
    ).toMatchInlineSnapshot(`
      "Bill                                    SIMULATED: no provider was called
      -------------------------------------------------------------------------
                          quantity       rate  margin       amount         call
      1 anthropic claude-haiku-5-5, 214 ms                          $0.00003948
        input                   24    $0.10/M    +20%  $0.00000288
        output                  61    $0.50/M    +20%  $0.00003660

      2 anthropic claude-haiku-5-5, streamed, 1.24 s                $0.00152952
        input                   21    $1.00/M    +20%  $0.00002520
        cache read          11,904    $0.10/M    +20%  $0.00142848
        output                  12  $5.2667/M    +20%  $0.00007584
      =========================================================================
      total of 2 calls                                              $0.00156900
      caching  saved $0.0107136 at list price
      slowest  call 2 (anthropic claude-haiku-5-5) took 1.24 s, first byte after 41 ms
      balance  $10.000000 -> $9.998431
      ledger   verified: every balance equals the sum of its rows (1,204 rows in 4
               accounts, 0 open holds)
      "
    `)
  })

  it('uses the room of a wide terminal for the list price', () => {
    expect(renderBill({ ...plain, width: 100, calls: [sampleCall()] })).toMatchInlineSnapshot(`
      "Bill
      --------------------------------------------------------------------------------
                      quantity     rate         list  margin       amount         call
      1 anthropic claude-haiku-5-5, 214 ms                                 $0.00003948
        input               24  $0.10/M  $0.00000240    +20%  $0.00000288
        output              61  $0.50/M  $0.00003050    +20%  $0.00003660
      ================================================================================
      total of 1 call                                                      $0.00003948
      "
    `)
  })

  it('shows own keys at list price, because the wallet pays nothing', () => {
    const lines = [
      { meter: 'input', quantity: 1_000_000, rate_usd: '3', margin: '0', list_nanos: '3000000000', charge_nanos: '0' },
      { meter: 'web_search', quantity: 2, rate_usd: '0.01', margin: '0', list_nanos: '20000000', charge_nanos: '0' },
    ]
    const call = sampleCall({ lines, list_nanos: '3020000000', charge_nanos: '0' })
    expect(renderBill({ ...plain, calls: [call], budgetNanos: 5_000_000_000n })).toMatchInlineSnapshot(`
      "Bill
      ---------------------------------------------------------------
                           quantity       rate  margin  amount   call
      1 anthropic claude-haiku-5-5, 214 ms, own key             $3.02
        input             1,000,000    $3.00/M    none   $3.00
        web search                2  $0.01/use    none   $0.02
      ===============================================================
      total of 1 call                                           $3.02
      own keys  $3.02 of it is list price on your own keys: your provider bills it,
                Vendo charges nothing
      budget    $5.00, $1.98 left
      "
    `)
  })

  it('shows seconds of sound, and a form that did not go out to its end', () => {
    const lines = [
      {
        meter: 'audio_second',
        quantity: 61,
        rate_usd: '0.000075',
        margin: '0.2',
        list_nanos: '4575000',
        charge_nanos: '5490000',
      },
    ]
    const calls = [
      sampleCall({ lines, list_nanos: '4575000', charge_nanos: '5490000' }),
      sampleCall({ state: 'released', reason: 'upload_incomplete', lines: [], list_nanos: '0', charge_nanos: '0' }),
      sampleCall({ state: 'released', reason: 'not_dispatched', lines: [], list_nanos: '0', charge_nanos: '0' }),
    ]
    const bill = renderBill({ ...plain, calls })
    expect(bill).toMatch(/audio second +61 +\$0\.000075\/s +\+20% +\$0\.00549/)
    expect(bill).toMatch(/upload incomplete.*not dispatched/s)
  })

  it('shows a call that was given back as charged nothing, not as one on an own key', () => {
    const call = sampleCall({
      state: 'estimated',
      reason: 'orphaned',
      flags: ['orphaned', 'refunded'],
      charge_nanos: '0',
    })
    const bill = renderBill({ ...plain, calls: [call] })
    expect(bill).toMatch(/estimated \(orphaned\).*refunded/)
    expect(bill).toMatch(/total of 1 call +\$0\.00/)
    expect(bill).not.toContain('own key')
  })

  it('says when no call was made', () => {
    expect(renderBill({ ...plain, calls: [] })).toMatchInlineSnapshot(`
      "Bill
      ------------------------------------------------------------
      No call was made.
      "
    `)
  })

  it.each<[string, Partial<CallResponse>, string]>([
    ['an estimate and its reason', { state: 'estimated', reason: 'client_gone' }, 'estimated (client_gone)'],
    ['a flag', { flags: ['above_hold'] }, 'above_hold'],
    ['a refusal of the upstream', { upstream_status: 529 }, 'refused with 529'],
    ['a call that was not dispatched', { state: 'released', charge_nanos: '0', list_nanos: '0' }, 'not dispatched'],
    ['a call that still runs', { state: 'open', lines: [], settled_at: null }, 'running'],
    ['the model that really served', { served_model: 'claude-haiku-5-5-fast' }, 'claude-haiku-5-5-fast'],
    ['reasoning inside the output', { reasoning_tokens: 1_048 }, '1,048 reasoning'],
    ['a free route by its path', { model: null, served_model: null, route: 'GET /v1/models' }, 'GET /v1/models'],
    ['a cache that cost more than it saved', { cache_savings_nanos: '-500' }, 'cost $0.0000005 more'],
  ])('shows %s', (_, changes, text) => {
    expect(renderBill({ ...plain, calls: [sampleCall(changes)] })).toContain(text)
  })

  it('shows a ledger that does not verify, with its problems', () => {
    const report = { ...ledger, ok: false, problems: ['account tenant: balance 5, rows 4'] }
    expect(renderBill({ ...plain, calls: [sampleCall()], ledger: report })).toContain(
      'NOT verified: account tenant: balance 5, rows 4',
    )
  })

  it.each([
    ['left', 1_000_000n, '$0.001, $0.00096052 left'],
    ['exceeded', 1_000n, '$0.000001, exceeded by $0.00003848'],
  ])('shows what is %s of a budget', (_, budgetNanos, text) => {
    expect(renderBill({ ...plain, calls: [sampleCall()], budgetNanos })).toContain(text)
  })

  it.each([80, 100, 140])('never writes a line longer than %i columns', (width) => {
    const calls = [
      cachedCall({ model: 'a'.repeat(90), served_model: null, state: 'estimated', reason: 'upstream_died' }),
      sampleCall({ charge_nanos: '123456789012345' }),
    ]
    const report = { ...ledger, ok: false, problems: ['one account does not match its rows', 'nor does another one'] }
    const bill = renderBill({ ...plain, width, calls, ledger: report, simulated: true, balanceAfter: 1n })
    expect(Math.max(...bill.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
  })

  it('is ASCII without escapes when there is no colour, whatever a model is called', () => {
    const bill = renderBill({ ...plain, calls: [sampleCall({ served_model: 'evil\u001b[31mmodèle' })], ledger })
    expect(bill).toMatch(/^[\x20-\x7e\n]*$/)
  })

  it('lets no name write escapes to a terminal', () => {
    const bill = renderBill({ ...plain, colour: true, calls: [sampleCall({ served_model: 'evil\u001b[31m\u009b2J' })] })
    expect(bill).toContain('evil?[31m?2J')
    expect(bill).toContain('\u001b[1m')
  })

  it('adds up exactly in nano-USD, beyond what a double holds', () => {
    const calls = [sampleCall({ charge_nanos: '9007199254740993' }), sampleCall({ charge_nanos: '1' })]
    expect(renderBill({ ...plain, calls })).toContain('$9,007,199.254740994')
  })
})
