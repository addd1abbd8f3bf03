import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, it } from 'vitest'
import { app, folderWith, spawnVendo, vendo } from './vendo.ts'
import { openBench } from './vendo-against-broker.ts'

describe('keys', () => {
  it('create prints the key alone on stdout, and the key obeys its limits', async () => {
    const { run, call } = await openBench()
    const { code, out, err } = await run([
      'keys',
      'create',
      '--name',
      'ci',
      '--cap-total',
      '$0.0001',
      '--expires',
      '30d',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/^vendo_sk_[0-9A-Za-z]{38}\n$/)
    expect(err).toMatch(/\$0\.0001 in all; expires at .*only time/)
    expect(err).not.toContain(out.trim())
    const refused = await call(out.trim())
    expect([refused.status, refused.headers.get('vendo-error-code')]).toEqual([429, 'spend_cap_total'])
  })

  it('list shows it without the key, revoke ends it', async () => {
    const { run, call } = await openBench()
    const created = JSON.parse((await run(['keys', 'create', '--name', 'ci', '--json'])).out)
    expect((await run(['keys', 'list'])).out).toContain(`${created.id}  ci`)
    expect((await run(['keys', 'list'])).out).not.toContain(created.key)
    expect((await run(['keys', 'revoke', created.id])).out).toContain(`Revoked ${created.id}`)
    expect((await call(created.key)).status).toBe(401)
    expect((await run(['keys', 'list'])).out).not.toContain(created.id)
    expect((await run(['keys', 'list', '--all'])).out).toMatch(new RegExp(`${created.id}.*revoked`))
  })

  it('may be allowed hosted tools that nothing limits', async () => {
    const { run } = await openBench()
    const { out } = await run(['keys', 'create', '--name', 'agent', '--allow-unbounded', '--json'])
    expect(JSON.parse(out).limits).toEqual({ allow_unbounded: true })
    expect((await run(['keys', 'list'])).out).toContain('unbounded tools')
  })

  it('management keys administer and cannot infer', async () => {
    const { run, call, broker } = await openBench()
    const { out } = await run(['keys', 'create', '--management'])
    expect(out).toMatch(/^vendo_mk_/)
    expect((await call(out.trim())).status).not.toBe(200)
    const env = { VENDO_BASE_URL: broker.url, VENDO_MANAGEMENT_KEY: out.trim() }
    expect((await vendo(['balance'], { cwd: folderWith(), env })).code).toBe(0)
  })
})

describe('connect', () => {
  it('takes the secret from stdin, and the app uses it instead of the key that was found', async () => {
    const { run, call } = await openBench()
    const { code, out, err } = await run(['connect', 'anthropic'], { input: 'test-upstream-key\n' })
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^Connected anthropic as connection_\S+ \(byok_static\)\.\n$/),
    ])
    expect(err).toContain('takes the place of the key that was found')
    expect((await call()).status).toBe(200)
  })

  it.each([[['test-typed-secret']], [['--secret', 'test-typed-secret']], [['--api-key=test-typed-secret']]])(
    'refuses %j on the command line, and does not repeat it',
    async (words) => {
      const { code, out, err } = await vendo(['connect', 'anthropic', ...words], { cwd: folderWith() })
      expect(code).toBe(2)
      expect(err).toMatch(/^vendo: A secret on the command line is seen by everybody[^\n]*\n$/)
      expect(out + err).not.toContain('test-typed-secret')
    },
  )

  it('asks for nothing when the slug is wrong, and says which was meant', async () => {
    const { code, err } = await vendo(['connect', 'anthropc'], { cwd: folderWith(), input: 'test-upstream-key' })
    expect([code, err]).toEqual([1, 'vendo: There is no integration "anthropc". Did you mean "anthropic"?\n'])
  })

  it('gives an app the token of what the broker does not proxy, with its metadata', async () => {
    const { run } = await openBench()
    const words = ['connect', 'telegram', '--metadata', 'telegram_bot_id=123']
    await run(words, { input: 'test-bot-token' })
    const vars = parse((await run(['env'])).out)
    expect(vars).toMatchObject({ TELEGRAM_BOT_TOKEN: 'test-bot-token', TELEGRAM_BOT_ID: '123' })
    expect((await run(['token', 'telegram'])).out).toBe('test-bot-token\n')
  })
})

describe('money', () => {
  it('topup adds, balance shows, usage adds up, the ledger verifies', async () => {
    const { run, call } = await openBench()
    await (await call()).text()
    expect((await run(['topup', '12.50', '--note', 'test'])).out).toBe('Added $12.50. The balance is $12.50.\n')
    expect((await run(['balance'])).out).toBe('$12.50\n')
    expect(JSON.parse((await run(['balance', '--json'])).out)).toMatchObject({ credits_remaining_micros: 12_500_000 })
    expect((await run(['usage'])).out).toMatch(/claude-haiku-4-5 +1 +1,000 +0 +50 +\$0\.00125 +\$0\.00/)
    const csv = (await run(['usage', '--by', 'integration', '--format', 'csv'])).out
    expect(csv).toBe(
      'integration,calls,input,output,list_usd,charge_usd,cache_savings_usd,price_unknown_calls\r\nanthropic,1,1000,50,0.00125,0.00,0.00,0\r\n',
    )
    expect((await run(['ledger', 'verify'])).out).toMatch(/^The ledger verifies: \d+ rows/)
  })
})

describe('env, token, explain', () => {
  it('env gives what the app gets', async () => {
    const { run, broker } = await openBench()
    const vars = parse((await run(['env'])).out)
    expect(vars).toMatchObject({
      ANTHROPIC_API_KEY: broker.appKey.reveal(),
      ANTHROPIC_BASE_URL: `${broker.url}/anthropic/v1`,
    })
    expect(JSON.parse((await run(['env', '--format', 'json'])).out)).toEqual(vars)
    expect((await run(['env', '--format', 'shell'])).out).toContain(`export VENDO_BASE_URL=${broker.url}\n`)
  })

  it('token gives the Vendo key where a broker runs, and the own key elsewhere', async () => {
    const { run, broker } = await openBench()
    expect(await run(['token', 'anthropic'])).toEqual({
      code: 0,
      out: `${broker.appKey.reveal()}\n`,
      err: `vendo: it works at ${broker.url}/anthropic/v1\n`,
    })
    const elsewhere = { cwd: folderWith({ '.env': 'ANTHROPIC_API_KEY=test-own-key\n' }) }
    expect((await vendo(['token', 'anthropic'], elsewhere)).out).toBe('test-own-key\n')
  })

  it('explain names the source that won and never a value', async () => {
    const place = { cwd: folderWith({ '.env': 'ANTHROPIC_API_KEY=test-own-key\n' }) }
    const { code, out } = await vendo(['explain', 'anthropic'], place)
    expect(code).toBe(0)
    expect(out).toMatch(/> +dotenv +ANTHROPIC_API_KEY in .*\.env is set/)
    expect(out).not.toContain('test-own-key')
    const missing = await vendo(['explain', 'openai', '--json'], place)
    expect([missing.code, JSON.parse(missing.out).problem]).toEqual([1, 'not_connected'])
  })
})

describe('doctor', () => {
  it('says what happens for each integration, and that nothing is wrong', async () => {
    const { run, broker } = await openBench()
    const { code, out } = await run(['doctor'])
    expect(code).toBe(0)
    expect(out).toContain(`${broker.url}, local`)
    expect(out).toMatch(/anthropic +metered +connected/)
    expect(out).toMatch(/openai +refused by the broker +no connection: `vendo connect openai`/)
    expect(out).toContain('Nothing is wrong.')
  })

  it('finds a Vendo key that a client would send to the provider', async () => {
    const { broker } = await openBench()
    const env = { OPENAI_API_KEY: broker.appKey.reveal() }
    const { code, out } = await vendo(['doctor', '--json'], { cwd: folderWith(), env })
    expect(code).toBe(1)
    expect(JSON.parse(out).problems).toEqual([expect.stringContaining('OPENAI_BASE_URL is not set')])
    expect(out).not.toContain(broker.appKey.reveal())
  })
})

describe('a broker that runs already', () => {
  it('serves vendo run with a key that ends with the run', async () => {
    const { folder, run, broker } = await openBench()
    const cwd = folderWith({ 'app.mjs': app })
    const env = { VENDO_BASE_URL: broker.url, VENDO_MANAGEMENT_KEY: broker.managementKey.reveal() }
    const { out, err } = await spawnVendo(['run', process.execPath, 'app.mjs'], { cwd, env }).ended
    expect([out, err]).toEqual(['status 200 null\n', expect.stringContaining('total of 1 call')])
    expect((await run(['keys', 'list', '--all'])).out).toMatch(/vendo run node .*revoked/)
    expect((await run(['balance'])).code).toBe(0)
    expect(readFileSync(join(folder, '.vendo', 'broker.json'), 'utf8')).toContain(broker.url)
  })

  it('is not passed over for want of a management key', async () => {
    const { broker } = await openBench()
    const env = { VENDO_BASE_URL: broker.url, VENDO_API_KEY: broker.appKey.reveal() }
    const { code, err } = await vendo(['run', 'true'], { cwd: folderWith(), env })
    expect([code, err]).toEqual([1, expect.stringMatching(/^vendo: VENDO_BASE_URL names the broker[^\n]*\n$/)])
  })

  it('is told from one that is not there', async () => {
    const nobody = await vendo(['balance'], { cwd: folderWith() })
    expect([nobody.code, nobody.err]).toEqual([
      1,
      expect.stringMatching(/^vendo: No broker runs here\. Start one[^\n]*\n$/),
    ])
    const env = { VENDO_BASE_URL: 'http://127.0.0.1:9', VENDO_MANAGEMENT_KEY: 'vendo_mk_fake' }
    const dead = await vendo(['balance'], { cwd: folderWith(), env })
    expect([dead.code, dead.err]).toEqual([1, expect.stringMatching(/^vendo: No broker answers at[^\n]*\n$/)])
  })
})
