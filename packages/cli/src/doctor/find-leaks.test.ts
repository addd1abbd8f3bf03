import { describe, expect, it } from 'vitest'
import { findLeaks } from './find-leaks.ts'

const broker = 'http://127.0.0.1:8787'

describe('findLeaks', () => {
  it.each([
    ['a Vendo key alone', { OPENAI_API_KEY: 'vendo_sk_fake' }, /OPENAI_BASE_URL is not set/],
    [
      'a Vendo key beside a foreign address',
      { OPENAI_API_KEY: 'vendo_sk_fake', OPENAI_BASE_URL: 'https://api.openai.com/v1' },
      /names no broker/,
    ],
    [
      'a provider key beside a broker',
      { OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: `${broker}/openai/v1` },
      /it would be sent there, and refused/,
    ],
  ])('finds %s', (_, env, problem) => {
    expect(findLeaks({ env }, [broker])).toEqual([expect.stringMatching(problem)])
  })

  it.each([
    ['nothing', {}],
    ['a provider key alone', { OPENAI_API_KEY: 'test-key' }],
    [
      'a provider key at its own address',
      { OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: 'https://llm.example.com/v1' },
    ],
    ['a Vendo key at a broker', { OPENAI_API_KEY: 'vendo_sk_fake', OPENAI_BASE_URL: `${broker}/openai/v1` }],
    [
      'a Vendo key at a broker that is not known',
      { OPENAI_API_KEY: 'vendo_sk_fake', OPENAI_BASE_URL: 'https://b.example.com/openai/v1' },
    ],
  ])('is content with %s', (_, env) => {
    expect(findLeaks({ env }, [broker])).toEqual([])
  })
})
