import { describe, expect, it } from 'vitest'
import { NotConnected, Vendo } from '../src/index.ts'
import { type Answer, fakeFetch, json, refusal, rejection, vendoMode } from './fake-api.ts'

const oss = (env: object) => new Vendo({ env, dotenv: false })

describe('NotConnected', () => {
  it.each<[name: string, slug: string, fix: string]>([
    ['the variable', 'anthropic', 'Set ANTHROPIC_API_KEY, in the environment or in .env.'],
    ['the slug that was meant', 'antropic', 'Did you mean "anthropic"?'],
    [
      'the override for an unknown one',
      'my-very-own',
      'Set VENDO_TOKEN_MY_VERY_OWN, or name its variable with the `integrations` option.',
    ],
  ])('names %s without a Vendo key', async (_, slug, fix) => {
    const error = await rejection(oss({}).token(slug))
    expect(error).toBeInstanceOf(NotConnected)
    expect(error['suggestedFix']).toBe(fix)
    expect(String(error['message'])).toContain(fix)
  })

  it('names every source that was tried', async () => {
    const { message } = await rejection(oss({}).token('notion'))
    for (const name of ['tokens', 'VENDO_TOKEN_NOTION', 'NOTION_TOKEN', 'NOTION_API_TOKEN'])
      expect(message).toContain(name)
  })

  it.each<[Answer, string, string]>([
    [
      refusal(403, 'binding_missing'),
      'anthropic',
      'Run `vendo connect anthropic`, and bind the connection to this app.',
    ],
    [
      refusal(403, 'connection_revoked'),
      'anthropic',
      'Run `vendo connect anthropic`, and bind the connection to this app.',
    ],
    [refusal(404, 'provider_unknown'), 'opnai', 'Did you mean "openai"?'],
  ])('is what the Vendo API’s answer becomes', async (answer, slug, fix) => {
    const error = await rejection(new Vendo({ ...vendoMode, fetch: fakeFetch(answer).fetch }).token(slug))
    expect(error).toBeInstanceOf(NotConnected)
    expect(error['suggestedFix']).toBe(fix)
  })

  it('names the place to connect that the Vendo API gave', async () => {
    const body = { error: { code: 'binding_missing', message: 'x', connect_url: 'http://connect.test/a' } }
    const vendo = new Vendo({ ...vendoMode, fetch: fakeFetch(json(body, { status: 403 })).fetch })
    expect(await rejection(vendo.token('openai'))).toMatchObject({
      connectUrl: 'http://connect.test/a',
      suggestedFix: 'Connect it at http://connect.test/a.',
    })
  })
})
