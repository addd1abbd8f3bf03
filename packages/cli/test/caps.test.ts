import { describe, expect, it } from 'vitest'
import { withoutUsage } from './vendo.ts'
import { type Bench, openBench } from './vendo-against-broker.ts'

const refusalOf = async (answer: Response) => {
  await answer.text()
  return [answer.status, answer.headers.get('vendo-error-code')]
}

const tenantOf = async ({ run }: Bench): Promise<string> =>
  JSON.parse((await run(['caps', 'list', '--json'])).out).find(({ scope }: { scope: string }) => scope === 'tenant').id

describe('caps', () => {
  it('of an app are set by its name, and the next call obeys them', async () => {
    const { run, call } = await openBench()
    expect(await refusalOf(await call())).toEqual([200, null])
    const { code, out } = await run(['caps', 'set', 'app', 'default', '--day', '$0.0013', '--concurrency', '5'])
    expect(code).toBe(0)
    expect(out).toMatch(/^The app app_\S+ now has \$0\.0013\/day, 5 at once\.\n$/)
    expect(await refusalOf(await call())).toEqual([429, 'spend_cap_daily'])
    expect((await run(['caps', 'set', 'app', 'default', '--day', 'none'])).out).toContain('now has 5 at once.')
    expect(await refusalOf(await call())).toEqual([200, null])
  })

  it('of a tenant hold over all its apps', async () => {
    const bench = await openBench()
    const tenant = await tenantOf(bench)
    expect((await bench.run(['caps', 'set', 'tenant', tenant, '--rpm', '1'])).out).toContain('1 requests/min')
    expect(await refusalOf(await bench.call())).toEqual([200, null])
    expect(await refusalOf(await bench.call())).toEqual([429, 'rate_limited'])
  })

  it('of a key keep its other limits', async () => {
    const { run, call } = await openBench()
    const created = JSON.parse((await run(['keys', 'create', '--models', 'claude-*', '--cap-day', '1', '--json'])).out)
    expect((await run(['caps', 'set', 'key', created.id, '--total', '0.0001'])).out).toBe(
      `The key ${created.id} now has $1/day, $0.0001 in all, models claude-*.\n`,
    )
    expect(await refusalOf(await call(created.key))).toEqual([429, 'spend_cap_total'])
    const unknown = await run(['caps', 'set', 'key', 'key_none', '--total', '1'])
    expect([unknown.code, unknown.err]).toEqual([
      1,
      expect.stringMatching(/^vendo: There is no key "key_none"[^\n]*\n$/),
    ])
  })

  it('are listed beside what is used of them', async () => {
    const bench = await openBench()
    const { run, call } = bench
    const created = JSON.parse((await run(['keys', 'create', '--name', 'ci', '--cap-day', '5', '--json'])).out)
    await (await call(created.key)).text()
    await run(['caps', 'set', 'app', 'default', '--month', '20', '--tpm', '9000'])
    const lines = (await run(['caps', 'list'])).out.split('\n').map((line) => line.trim())
    expect(lines[1]).toMatch(/^tenant +\S+ +\$0\.00125 +\$0\.00125 +\$0\.00125$/)
    const app = lines.find((line) => line.startsWith('app') && line.includes('default'))
    expect(app).toMatch(/default +\$0\.00125 +\$0\.00125 of \$20 +\$0\.00125 +9000 tokens\/min$/)
    expect(lines.find((line) => line.startsWith('key'))).toMatch(/ci +\$0\.00125 of \$5 +\$0\.00125 +\$0\.00125$/)
  })
})

describe('refund', () => {
  const estimated = async ({ run, call }: Bench): Promise<string> => {
    await run(['connect', 'anthropic', '--profile', 'vendo_managed_pool'], { input: 'test-upstream-key\n' })
    await run(['topup', '1'])
    await (await call(undefined, withoutUsage)).text()
    const [line] = JSON.parse((await run(['usage', '--lines', '--format', 'json'])).out)
    return line.call_id
  }

  it('gives back what an estimate charged, once', async () => {
    const bench = await openBench()
    const { run } = bench
    const call = await estimated(bench)
    expect((await run(['balance'])).out).not.toBe('$1.00\n')
    const { code, out } = await run(['refund', call, '--reason', 'provider outage'])
    expect([code, out]).toEqual([0, expect.stringMatching(/^Gave back \$0\.00\d+ of \S+, which now charges \$0\.00;/)])
    expect((await run(['balance'])).out).toBe('$1.00\n')
    const again = await run(['refund', call, '--reason', 'provider outage'])
    expect([again.code, again.err]).toEqual([
      1,
      expect.stringMatching(/^vendo: This call has its one correction already/),
    ])
    expect((await run(['ledger', 'verify'])).code).toBe(0)
  })

  it('refuses what was measured', async () => {
    const { run, call } = await openBench()
    await (await call()).text()
    const [line] = JSON.parse((await run(['usage', '--lines', '--format', 'json'])).out)
    const { code, err } = await run(['refund', line.call_id, '--reason', 'no'])
    expect([code, err]).toEqual([1, expect.stringMatching(/^vendo: This call was measured[^\n]*\n$/)])
  })
})
