import { describe, expect, it, onTestFinished } from 'vitest'
import { createMetrics } from './metrics.ts'
import { startMetricsServer } from './metrics-server.ts'

const start = async (source = createMetrics() as Parameters<typeof startMetricsServer>[0]['source']) => {
  const server = await startMetricsServer({ source, port: 0 })
  onTestFinished(() => server.close())
  return server
}

describe('the metrics server', () => {
  it('listens on this machine alone, and serves the text for Prometheus', async () => {
    const { url } = await start()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    const answer = await fetch(url)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringMatching('text/plain')])
    expect(await answer.text()).toContain('# TYPE vendo_calls_total counter')
  })
  it.each([
    ['POST', '/metrics'],
    ['GET', '/'],
    ['GET', '/metrics/x'],
    ['GET', '/api/keys'],
  ])('answers %s %s with 404', async (method, path) => {
    const { url } = await start()
    expect((await fetch(new URL(path, url), { method })).status).toBe(404)
  })
  it('answers 503 when the metrics cannot be had', async () => {
    const { url } = await start({ contentType: 'text/plain', text: () => Promise.reject(new Error('a worker died')) })
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([503, expect.not.stringContaining('worker')])
  })
  it('says what to do when its port is taken', async () => {
    const { url } = await start()
    await expect(
      startMetricsServer({ source: createMetrics(), port: Number(new URL(url).port) }),
    ).rejects.toMatchObject({
      code: 'validation_failed',
      suggestedFix: expect.stringContaining('--metrics-port'),
    })
  })
})
