import type { CallResponse } from '@vendo/contract/api'
import { describe, expect, it } from 'vitest'
import { sampleCall } from '../bill/sample-call.ts'
import type { ApiClient, ApiRequest } from '../http/api-client.ts'
import { lineItemsOf, writeLines } from './usage-lines.ts'

const sumOf = (call: CallResponse, name: 'listNanos' | 'chargeNanos') =>
  lineItemsOf(call).reduce((sum, item) => sum + (item[name] ?? 0n), 0n)

const estimate: Partial<CallResponse> = { state: 'estimated', reason: 'orphaned', flags: ['orphaned'], lines: [] }

describe('line items', () => {
  it.each([
    ['a measured call', sampleCall(), ['input', 'output']],
    ['an estimate without lines', sampleCall(estimate), ['adjustment']],
    [
      'a refund',
      sampleCall({ state: 'estimated', flags: ['refunded'], charge_nanos: '9480' }),
      ['input', 'output', 'adjustment'],
    ],
    ['a refund of everything', sampleCall({ ...estimate, charge_nanos: '0' }), ['adjustment']],
    [
      'a call that was never dispatched',
      sampleCall({ state: 'released', lines: [], list_nanos: '0', charge_nanos: '0' }),
      [],
    ],
    ['a running call', sampleCall({ state: 'open', lines: [], list_nanos: '0', charge_nanos: '0' }), []],
  ])('of %s sum to what it is charged', (_rule, call, meters) => {
    expect(lineItemsOf(call).map(({ meter }) => meter)).toEqual(meters)
    expect(sumOf(call, 'listNanos')).toBe(BigInt(call.list_nanos ?? 0))
    expect(sumOf(call, 'chargeNanos')).toBe(BigInt(call.charge_nanos))
  })
})

/** A broker with these pages of calls; notes what was asked for. */
const serving = (...pages: readonly (readonly CallResponse[])[]) => {
  const asked: ApiRequest<unknown>['query'][] = []
  const client: ApiClient = {
    url: '',
    send: async ({ query, parse }) => {
      const calls = pages[asked.length] ?? []
      asked.push(query)
      return parse({ calls, next: asked.length < pages.length ? (calls.at(-1)?.id ?? 'att_0') : null })
    },
  }
  return { client, asked }
}

const write = async (client: ApiClient, format: 'csv' | 'json') => {
  const written: string[] = []
  let errors = ''
  const output = { write: (text: string) => written.push(text) }
  await writeLines({ output, errors: { write: (text) => (errors += text) } }, client, {
    since: '2026-11-01T00:00:00.000Z',
    keyId: 'key_1',
    format,
  })
  return { written, errors }
}

describe('the export', () => {
  it('writes page by page, in order, and asks for what comes next', async () => {
    const { client, asked } = serving([sampleCall({ id: 'att_1' })], [sampleCall({ id: 'att_2' })])
    const { written } = await write(client, 'csv')
    expect(written.map((text) => text.slice(0, 7))).toEqual(['call_id', 'att_1,r', 'att_2,r'])
    expect(asked).toMatchObject([{ since: '2026-11-01T00:00:00.000Z', key_id: 'key_1' }, { after: 'att_1' }])
  })

  it('quotes what would break a line, and disarms what a spreadsheet would run', async () => {
    const model = 'odd,"model"\nof two lines'
    const { client } = serving([sampleCall({ model, served_model: '=SUM(A1)', flags: ['a', 'b'] })])
    const [, lines = ''] = (await write(client, 'csv')).written
    expect(lines.split('\r\n')[0]).toBe(
      'att_1,req_1,2026-11-20T09:00:00.000Z,2026-11-20T09:00:00.214Z,actual,,a b,anthropic,POST /v1/messages,' +
        `"odd,""model""\nof two lines",'=SUM(A1),key_1,app_1,con_1,input,24,0.1,0.2,0.0000024,0.00000288`,
    )
  })

  it('is one JSON document, whatever the pages', async () => {
    const pages = [[sampleCall()], [], [sampleCall({ ...estimate, id: 'att_2' })]]
    const { written } = await write(serving(...pages).client, 'json')
    const items = JSON.parse(written.join(''))
    expect(items.map(({ call_id, meter, quantity }: Record<string, unknown>) => [call_id, meter, quantity])).toEqual([
      ['att_1', 'input', 24],
      ['att_1', 'output', 61],
      ['att_2', 'adjustment', null],
    ])
    expect(JSON.parse((await write(serving([]).client, 'json')).written.join(''))).toEqual([])
  })

  it('says how many calls still run', async () => {
    const open = sampleCall({ state: 'open', lines: [], list_nanos: '0', charge_nanos: '0' })
    expect((await write(serving([open, sampleCall()]).client, 'csv')).errors).toMatch(/^vendo: 1 calls still run/)
    expect((await write(serving([sampleCall()]).client, 'csv')).errors).toBe('')
  })
})
