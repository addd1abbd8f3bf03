import { describe, expect, it } from 'vitest'
import { folderWith, vendo } from './vendo.ts'

const cwd = () => ({ cwd: folderWith() })

describe('the command line', () => {
  it.each([
    [['runn'], /unknown command 'runn'\n\(Did you mean run\?\)/],
    [['keys', 'creat'], /unknown command 'creat'\n\(Did you mean create\?\)/],
    [['usage', '--buy', 'day'], /unknown option '--buy'\n\(Did you mean --by\?\)/],
    [['usage', '--by', 'week'], /Allowed choices are model, day, app, key, integration/],
    [['run', '--budget', 'much', 'true'], /'much' is invalid. It must be an amount of US dollars/],
    [['keys', 'create', '--rpm', '0'], /'0' is invalid. It must be a whole number above 0/],
    [['keys', 'create', '--expires', '2001-01-01'], /an instant in the future/],
    [['dev', '--port', '70000'], /It must be a port, 0 to 65535/],
    [['dev', '--upstream', 'anthropic'], /It must be slug=origin/],
    [['run'], /missing required argument 'command'/],
    [['caps', 'set', 'team', 'x', '--day', '1'], /Allowed choices are app, tenant, key/],
    [['caps', 'set', 'app', 'x', '--day', '0'], /It must be an amount of US dollars above 0/],
    [['caps', 'set', 'app', 'x'], /No cap is named/],
    [['refund', 'attempt_1'], /required option '--reason <text>'/],
    [['rates', 'set', '--model', 'x'], /required option '--integration <slug>'/],
    [['rates', 'set', '--integration', 'openai', '--model', 'x', '--input', '-1'], /decimal number of US dollars/],
    [['rates', 'set', '--integration', 'openai', '--model', 'x', '--input', '1'], /needs --input and --output/],
    [['rates', 'import', 'openai'], /Allowed choices are openrouter/],
    [['usage', '--lines', '--format', 'table'], /Line items are printed as csv or json/],
  ] as const)('%j is wrong: exit code 2', async (words, message) => {
    const { code, out, err } = await vendo(words, cwd())
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^vendo: /)
    expect(err).toMatch(message)
  })

  it.each([
    'dev',
    'run',
    'env',
    'token',
    'explain',
    'connect',
    'keys create',
    'keys list',
    'keys revoke',
    'caps set',
    'caps list',
    'refund',
    'rates list',
    'rates set',
    'rates import',
    'topup',
    'balance',
    'usage',
    'ledger verify',
    'doctor',
    'broker',
  ])('%s --help has an example', async (command) => {
    const { code, out } = await vendo([...command.split(' '), '--help'], cwd())
    expect(code).toBe(0)
    expect(out).toContain(`\nExample:\n  `)
    expect(out).toContain('vendo')
  })

  it('--version prints the version', async () => {
    expect(await vendo(['--version'], cwd())).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  it('broker without a store says how one is named', async () => {
    const { code, err } = await vendo(['broker'], cwd())
    expect([code, err]).toEqual([1, expect.stringMatching(/^vendo: No store is named\. Use --store [^\n]*\n$/)])
  })

  it('says a fault of its own in one line, without a stack', async () => {
    const { code, err } = await vendo(['balance'], { cwd: folderWith(), env: { VENDO_BASE_URL: 'nonsense' } })
    expect([code, err]).toEqual([
      1,
      'vendo: VENDO_BASE_URL is not a URL. Set it to an address such as http://127.0.0.1:8787.\n',
    ])
  })
})
