import { describe, expect, it } from 'vitest'
import { jsonAnswer } from './scripted-answer.ts'
import { startScriptedUpstream } from './scripted-upstream.ts'

describe('startScriptedUpstream', () => {
  it('answers', async () => {
    const upstream = await startScriptedUpstream(jsonAnswer({ a: 1 }))
    const response = await fetch(`${upstream.origin}/x?y=%2e`, { method: 'POST', body: 'hi' })
    expect(await response.json()).toEqual({ a: 1 })
    expect(upstream.requests[0]?.url).toBe('/x?y=%2e')
    await upstream.close()
  })
})
