import type { BoundConstants } from '@vendo/integrations/providers'
import type { RequestFacts } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { boundRequest, type RequestBound } from './bound.ts'
import { sampleFacts, sampleHaiku } from './sample-rates.ts'

const constants: BoundConstants = {
  imageTokens: 1_600,
  documentTokensPerByte: 1,
  audioTokensPerByte: 1,
  framingTokens: 0,
  toolPromptTokens: 0,
  serverTools: {
    web_search: { meter: 'web_search' },
    web_search_2026: { meter: 'web_search', waives: 'code_execution' },
    url_context: { mostUses: 2 },
    mcp: {},
  },
}

const bound = (facts: Partial<RequestFacts>, admitUnbounded = true) =>
  boundRequest({
    facts: sampleFacts(facts),
    rates: sampleHaiku,
    alternatives: [],
    modelRates: () => undefined,
    bound: constants,
    at: Date.parse('2026-11-01'),
    marginOf: () => '0',
    allowUnbounded: false,
    admitUnbounded,
  })

const admitted = (facts: Partial<RequestFacts>): RequestBound => bound(facts) as RequestBound

describe('a request with tools that nothing limits', () => {
  it.each([
    ['one without a limit', [{ type: 'web_search_2025' }]],
    ['one that no table knows', [{ type: 'teleport' }]],
    ['several', [{ type: 'mcp' }, { type: 'web_search_2025' }]],
  ])('%s: is bounded as if it had none of them', (_rule, serverTools) => {
    const plain = admitted({ hasTools: true })
    const unbounded = admitted({ hasTools: true, serverTools })
    expect([unbounded.listNanos, unbounded.tokens, unbounded.lines()]).toEqual([
      ...[plain.listNanos, plain.tokens, plain.lines()],
    ])
    expect(unbounded.unbounded?.context).toMatchObject({ quantity: sampleHaiku.contextWindow })
    expect(unbounded.fittingMaxOutput(unbounded.listNanos, 'list')).toBe(1_024)
  })

  it('keeps the bound of the tools that have one', () => {
    const limited = [{ type: 'url_context' }]
    const alone = admitted({ serverTools: limited })
    expect(alone.unbounded).toBeUndefined()
    expect(admitted({ serverTools: [...limited, { type: 'mcp' }] }).listNanos).toBe(alone.listNanos)
  })

  it('keeps what one of them makes free', () => {
    expect(admitted({ serverTools: [{ type: 'web_search_2026' }] }).waived).toEqual(['code_execution'])
  })

  it('is refused for keys that are not the owner of the bill, with the tool', () => {
    const refused = bound({ serverTools: [{ type: 'mcp' }] }, false)
    expect(refused).toMatchObject({ ok: false, code: 'request_unbounded', tool: { type: 'mcp' } })
  })
})
