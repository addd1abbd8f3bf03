import { findProvider } from '@vendo/integrations/providers'
import { rateTables } from '@vendo/integrations/rates'
import { describe, expect, it } from 'vitest'
import { createRateBook } from '../meter/rate-book.ts'
import type { KeyRecord } from '../store/records.ts'
import { type AdmitInput, admit } from './admit.ts'

type KeyLimits = KeyRecord['limits']

const provider = findProvider('anthropic')!
const route = provider.routes.find(({ path }) => path === '/v1/messages')!
const rateBook = createRateBook({ tables: rateTables, overrides: [] })

const attempt = (limits: KeyLimits, body: object) =>
  admit({
    caller: { key: { limits }, tenantId: 'tenant-1' },
    target: { provider },
    route,
    address: { path: '/v1/messages', query: '' },
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 100, messages: [], ...body })),
    pricing: { rateBook, marginOf: () => () => '0' },
    now: Date.parse('2026-11-20'),
  } as unknown as AdmitInput)

const advisor = { type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-4-8', max_uses: 1 }

describe('a key limited to some models', () => {
  const limits: KeyLimits = { models: ['claude-haiku-*'] }

  it('may use them', () => {
    expect(attempt(limits, {}).metered?.model).toBe('claude-haiku-4-5')
    expect(attempt(limits, { tools: [{ ...advisor, model: 'claude-haiku-5-5' }] }).metered).toBeDefined()
    expect(attempt(limits, { fallbacks: [{ model: 'claude-haiku-5-5' }] }).metered).toBeDefined()
  })

  it.each([
    ['its fallbacks', { fallbacks: [{ model: 'claude-haiku-5-5' }, { model: 'claude-opus-4-8' }] }, 'claude-opus-4-8'],
    ['a tool', { tools: [advisor] }, 'claude-opus-4-8'],
    [
      'a tool in a message',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'tool_addition', tool: { type: 'tool_definition', definition: advisor } }],
          },
        ],
      },
      'claude-opus-4-8',
    ],
    ['a plugin', { plugins: [{ id: 'fusion', model: 'claude-opus-4-8' }] }, 'claude-opus-4-8'],
  ])('may not name another through %s', (_way, body, model) => {
    expect(() => attempt(limits, body)).toThrow(`This key may not use the model "${model}".`)
  })

  it.each([
    ['fallbacks of its choice', { fallbacks: 'default' }],
    ['a thread that goes on', { thread: { type: 'continue', previous_message_id: 'msg_1' } }],
  ])('may not leave the choice to the provider, by %s', (_way, body) => {
    expect(() => attempt({ ...limits, allow_unbounded: true }, body)).toThrow('This key may not use the model "*".')
    const any = { models: ['*'], allow_unbounded: true }
    expect(attempt(any, body).metered).toBeDefined()
  })
})

describe('a key without allow_unbounded', () => {
  it.each([
    ['a thread that goes on', { thread: { type: 'continue', previous_message_id: 'msg_1' } }],
    ["fallbacks of the provider's choice", { fallbacks: 'default' }],
    ['a plugin', { plugins: [{ id: 'web', max_uses: 1 }] }],
  ])('is refused %s', (_rule, body) => {
    expect(() => attempt({}, body)).toThrow('has no use limit')
  })

  it('holds for every model that may be billed in turn', () => {
    const alone = attempt({}, {}).metered!.bound.listNanos
    const chained = attempt({}, { fallbacks: [{ model: 'claude-opus-4-8', max_tokens: 5_000 }] }).metered!.bound
    expect(chained.listNanos).toBeGreaterThan(alone + 5_000n * 25_000n)
  })
})

describe('a request that is not understood', () => {
  const send = (json: string, contentType = 'application/json') =>
    admit({
      caller: { key: { limits: {} }, tenantId: 'tenant-1' },
      target: { provider },
      route,
      address: { path: '/v1/messages', query: '' },
      contentType,
      body: Buffer.from(json),
      pricing: { rateBook, marginOf: () => () => '0' },
      now: Date.parse('2026-11-20'),
    } as unknown as AdmitInput)
  const rest = '"model":"claude-haiku-4-5","max_tokens":9'

  it.each([
    ['a wrong type', `{${rest},"speed":["fast"]}`, 'speed'],
    ['a member twice', `{${rest},"max_tokens":1}`, 'max_tokens'],
    ['one inside a tool', `{${rest},"tools":[{"type":"custom","type":"web_search_20250305"}]}`, 'tools[0].type'],
    ['another case', `{${rest},"Max_tokens":1}`, 'Max_tokens'],
  ])('is refused for %s, by name', (_rule, json, member) => {
    expect(() => send(json)).toThrow(`Vendo does not understand "${member}" of this request`)
  })

  it('is not one for a schema with a member twice', () => {
    const tool = '{"name":"a","input_schema":{"type":"object","properties":{"Type":{},"Type":{}}}}'
    expect(send(`{${rest},"tools":[${tool}]}`).metered).toBeDefined()
  })

  it('is not one for a byte order mark, which goes on as it came', () => {
    const json = `\uFEFF{${rest}}`
    expect(send(json)).toMatchObject({ body: Buffer.from(json), metered: { model: 'claude-haiku-4-5' } })
  })

  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=utf8; profile=a',
  ])('has not the type %s', (contentType) => {
    expect(send(`{${rest}}`, contentType).metered).toBeDefined()
  })

  it.each([
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json; charset="utf-8',
    'application/json; charset=',
    'application/json; charset*=utf-16',
    'application/vnd.api+json',
    'application/problem+json; charset=utf-8',
    'text/json',
    '',
  ])('may have the type %j', (contentType) => {
    expect(() => send(`{${rest}}`, contentType)).toThrow(/Content-Type/)
  })
})
