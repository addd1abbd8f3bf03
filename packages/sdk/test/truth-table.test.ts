import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Vendo } from '../src/index.ts'
import { type Answer, credential, fakeAppKey, fakeFetch, json, refusal, unreachable } from './fake-api.ts'

// Every combination of what each source can be in, against an oracle that says the rules of the product page in order.
const dimensions = {
  tokens: ['absent', 'empty', 'present'],
  override: ['absent', 'empty', 'present'],
  variable: ['absent', 'empty', 'raw', 'raw listed', 'vendo with URL', 'vendo with empty URL', 'vendo without URL'],
  alias: ['absent', 'present'],
  api: ['no key', 'empty key', 'no URL', 'connected', 'unbound', 'refused', 'down'],
  dotenv: ['absent', 'empty', 'raw', 'vendo with URL', 'vendo without URL'],
} as const
type Dimensions = typeof dimensions
type Case = { readonly [K in keyof Dimensions]: Dimensions[K][number] }

const cases = Object.entries(dimensions).reduce<readonly object[]>(
  (partial, [name, states]) => partial.flatMap((row) => states.map((state) => ({ ...row, [name]: state }))),
  [{}],
) as readonly Case[]

const expected = ({ tokens, override, variable, alias, api, dotenv }: Case): string => {
  if (tokens === 'present') return 'tokens:from-tokens'
  if (override === 'present') return 'override:from-override'
  if (variable === 'raw listed') return 'injected:raw-key'
  if (variable === 'vendo with URL') return 'injected:vendo_sk_fake_env@http://env.test/v1'
  if (variable.startsWith('vendo')) return 'base_url_missing'
  if (api === 'no URL') return 'base_url_missing'
  if (api === 'connected') return 'api:vendo_sk_fake_api@http://api.test/acme/v1'
  if (api === 'unbound') return 'binding_missing'
  if (api === 'refused') return 'app_revoked'
  if (api === 'down') return 'network_error'
  if (variable === 'raw') return 'env:raw-key'
  if (alias === 'present') return 'env:alias-key'
  if (dotenv === 'raw') return 'dotenv:dotenv-key'
  if (dotenv === 'vendo with URL') return 'dotenv:vendo_sk_fake_file@http://file.test/v1'
  if (dotenv === 'vendo without URL') return 'base_url_missing'
  return 'not_connected'
}

const explicit = { absent: undefined, empty: ' \n', present: 'from-tokens' }
const overrides = { absent: {}, empty: { VENDO_TOKEN_ACME: ' ' }, present: { VENDO_TOKEN_ACME: 'from-override' } }
const variables: Record<Case['variable'], Record<string, string>> = {
  absent: {},
  empty: { ACME_API_KEY: ' \t' },
  raw: { ACME_API_KEY: 'raw-key' },
  'raw listed': { ACME_API_KEY: 'raw-key', VENDO_INJECTED: 'OTHER_API_KEY, ACME_API_KEY' },
  'vendo with URL': { ACME_API_KEY: 'vendo_sk_fake_env', ACME_BASE_URL: 'http://env.test/v1' },
  'vendo with empty URL': { ACME_API_KEY: 'vendo_sk_fake_env', ACME_BASE_URL: ' ' },
  'vendo without URL': { ACME_API_KEY: 'vendo_sk_fake_env' },
}
const apis: Record<Case['api'], { options: object; answer: Answer }> = {
  'no key': { options: {}, answer: unreachable },
  'empty key': { options: { apiKey: ' ', baseURL: 'http://api.test' }, answer: unreachable },
  'no URL': { options: { apiKey: fakeAppKey, baseURL: ' ' }, answer: unreachable },
  connected: {
    options: { apiKey: fakeAppKey, baseURL: 'http://api.test' },
    answer: json(credential('vendo_sk_fake_api', { base_url: 'http://api.test/acme/v1' })),
  },
  unbound: { options: { apiKey: fakeAppKey, baseURL: 'http://api.test' }, answer: refusal(403, 'binding_missing') },
  refused: { options: { apiKey: fakeAppKey, baseURL: 'http://api.test' }, answer: refusal(401, 'app_revoked') },
  down: { options: { apiKey: fakeAppKey, baseURL: 'http://api.test' }, answer: unreachable },
}
const files: Record<Case['dotenv'], string | undefined> = {
  absent: undefined,
  empty: 'ACME_API_KEY="  "\n',
  raw: 'ACME_API_KEY=dotenv-key\n',
  'vendo with URL': 'ACME_API_KEY=vendo_sk_fake_file\nACME_BASE_URL=http://file.test/v1\n',
  'vendo without URL': 'ACME_API_KEY=vendo_sk_fake_file\n',
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vendo-truth-'))
  for (const [name, text] of Object.entries(files)) if (text !== undefined) writeFileSync(join(folder, name), text)
})
afterAll(() => rmSync(folder, { recursive: true }))

const clientFor = (row: Case): Vendo =>
  new Vendo({
    integrations: { acme: { variable: 'ACME_API_KEY', aliases: ['ACME_TOKEN'], baseUrlVariable: 'ACME_BASE_URL' } },
    ...apis[row.api].options,
    tokens: { acme: explicit[row.tokens] },
    env: {
      ...variables[row.variable],
      ...(row.alias === 'present' ? { ACME_TOKEN: 'alias-key' } : {}),
      ...overrides[row.override],
    },
    dotenv: join(folder, row.dotenv),
    fetch: fakeFetch(apis[row.api].answer).fetch,
    maxRetries: 0,
  })

const outcome = (promise: Promise<{ source: string; token: string; baseURL?: string }>): Promise<string> =>
  promise.then(
    ({ source, token, baseURL }) => `${source}:${token}${baseURL === undefined ? '' : `@${baseURL}`}`,
    (error: { code: string }) => error.code,
  )

describe('the order of sources', () => {
  it(`holds in all ${cases.length} combinations`, async () => {
    const wrong: object[] = []
    for (const row of cases) {
      const actual = await outcome(clientFor(row).resolve('acme'))
      if (actual !== expected(row)) wrong.push({ ...row, actual, expected: expected(row) })
    }
    expect(wrong).toEqual([])
  })

  it('is told by explain with the same winner, every source named once, and never a value', async () => {
    const wrong: object[] = []
    const secrets = /from-tokens|from-override|raw-key|alias-key|dotenv-key|vendo_sk_fake/
    for (const row of cases.filter((_, index) => index % 7 === 0)) {
      const explanation = await clientFor(row).explain('acme')
      const [winner] = expected(row).includes(':') ? expected(row).split(':') : [null]
      const won = explanation.sources.filter((source) => source.won).map(({ source }) => source)
      const names = explanation.sources.map(({ source }) => source).join()
      const text = JSON.stringify(explanation) + String(explanation.problem?.message)
      const isRight =
        explanation.source === winner &&
        won.join() === (winner ?? '') &&
        names === 'tokens,override,injected,api,env,dotenv' &&
        (explanation.problem?.code ?? null) === (winner === null ? expected(row) : null) &&
        !secrets.test(text)
      if (!isRight) wrong.push({ ...row, explanation })
    }
    expect(wrong).toEqual([])
  })

  it('covers every state of every source', () => {
    const sizes = Object.values(dimensions).map((states) => states.length)
    expect(cases).toHaveLength(sizes.reduce((product, size) => product * size, 1))
    expect(new Set(cases.map(expected))).toEqual(
      new Set([
        'tokens:from-tokens',
        'override:from-override',
        'injected:raw-key',
        'injected:vendo_sk_fake_env@http://env.test/v1',
        'base_url_missing',
        'api:vendo_sk_fake_api@http://api.test/acme/v1',
        'binding_missing',
        'app_revoked',
        'network_error',
        'env:raw-key',
        'env:alias-key',
        'dotenv:dotenv-key',
        'dotenv:vendo_sk_fake_file@http://file.test/v1',
        'not_connected',
      ]),
    )
  })
})
