import { describe, expect, it } from 'vitest'
import { composeChildEnv } from './compose-child-env.ts'

const injection = {
  vars: { OPENAI_API_KEY: 'vendo_sk_fake', OPENAI_BASE_URL: 'http://127.0.0.1:1/openai/v1' },
  slugs: ['openai'],
}

describe('composeChildEnv', () => {
  it('lets what is injected win over the environment, and the environment over .env', () => {
    const env = { OPENAI_API_KEY: 'test-key', A: 'env' }
    expect(composeChildEnv({ env, dotenv: { A: 'file', B: 'file' }, injection })).toEqual({
      ...injection.vars,
      A: 'env',
      B: 'file',
    })
  })

  it('removes the own keys of bound integrations under every name, and blocks those that a file would bring back', () => {
    const bound = { vars: { NOTION_TOKEN: 'injected' }, slugs: ['notion'] }
    const env = { NOTION_API_TOKEN: 'test-key' }
    expect(composeChildEnv({ env, dotenv: undefined, injection: bound })).toEqual({ NOTION_TOKEN: 'injected' })
    expect(composeChildEnv({ env, dotenv: { NOTION_API_TOKEN: 'x' }, injection: bound })).toEqual({
      NOTION_TOKEN: 'injected',
      NOTION_API_TOKEN: '',
    })
  })

  it('keeps what administers a broker from the app', () => {
    const env = { VENDO_MANAGEMENT_KEY: 'vendo_mk_fake', VENDO_VAULT_KEY: 'test', HOME: '/home/me' }
    expect(Object.keys(composeChildEnv({ env, dotenv: undefined, injection: { vars: {}, slugs: [] } }))).toEqual([
      'HOME',
    ])
  })

  it('leads calls to the broker around a proxy', () => {
    const env = { https_proxy: 'http://proxy.example.com:3128', NO_PROXY: 'example.org' }
    expect(composeChildEnv({ env, dotenv: undefined, injection })).toMatchObject({
      NO_PROXY: 'example.org,127.0.0.1,localhost',
      no_proxy: 'example.org,127.0.0.1,localhost',
    })
  })
})
