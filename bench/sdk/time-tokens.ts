import { Vendo } from '@vendo/sdk'

// Prints the time of one `vendo.token()` in microseconds, several times over.
const callsAtOnce = 20_000
const batches = 15

const timeBatches = async (vendo: Vendo): Promise<readonly number[]> => {
  const times: number[] = []
  for (let batch = -2; batch < batches; batch++) {
    const startedAt = performance.now()
    for (let call = 0; call < callsAtOnce; call++) await vendo.token('anthropic')
    // The first two batches are for the compiler.
    if (batch >= 0) times.push(((performance.now() - startedAt) * 1000) / callsAtOnce)
  }
  return times
}

const credential = {
  access_token: 'test-upstream-key',
  token_type: 'Bearer',
  expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  base_url: null,
}
const answering = new Vendo({
  apiKey: 'vendo_sk_fake_bench_key',
  baseURL: 'http://127.0.0.1:9',
  env: {},
  fetch: async () => Response.json(credential),
})
const fromEnvironment = new Vendo({ env: { ANTHROPIC_API_KEY: 'test-upstream-key' }, dotenv: false })
const cached = await timeBatches(answering)
const env = await timeBatches(fromEnvironment)
process.stdout.write(`${JSON.stringify({ cached, env })}\n`)
