import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openBench } from './vendo-against-broker.ts'

const set = ['rates', 'set', '--integration', 'anthropic', '--model', 'claude-haiku-4-5']

describe('rates', () => {
  it('of the catalog are listed', async () => {
    const { run } = await openBench()
    const { out } = await run(['rates', 'list', 'anthropic', '--model', 'haiku-4-5'])
    expect(out).toMatch(/^model +for +since +input +cache read/)
    expect(out).toMatch(
      /claude-haiku-4-5 +standard +\S+ +\$1 +\$0\.1 +\$1\.25 +\$2 +\$5 .*web_search \$0\.01.* 200,000 +catalog/,
    )
    expect(out).not.toContain('opus')
  })

  it('that are set count from the next call on, and warn of meters without a rate', async () => {
    const { run, call } = await openBench()
    const { code, out, err } = await run([...set, '--input', '2', '--output', '10'])
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^anthropic claude-haiku-4-5 has new rates from 20\S+ on\.\n$/),
    ])
    expect(err).toMatch(/^vendo: .*cache_read.* had a rate and has none now/)
    await (await call()).text()
    // 1,000 input and 50 output tokens.
    expect((await run(['usage'])).out).toContain('$0.0025')
    expect((await run(['rates', 'list', 'anthropic', '--model', 'haiku-4-5'])).out).toMatch(
      /\$2 +\$10 +200,000 +operator/,
    )
  })

  it('by the second of sound need no price for tokens', async () => {
    const { run } = await openBench()
    const words = ['rates', 'set', '--integration', 'openai', '--model', 'whisper-1', '--audio-second', '0.0002']
    expect(await run(words)).toMatchObject({ code: 0, err: '' })
    const { out } = await run(['rates', 'list', 'openai', '--model', 'whisper'])
    expect(out).toMatch(/whisper-1 +all .*audio_second \$0\.0002 +1 +operator/)
    expect(out).toMatch(/whisper-1 +standard .*audio_second \$0\.0001 +1 +catalog/)
  })

  it('that are set for later leave today alone', async () => {
    const { run, call } = await openBench()
    await run([...set, '--input', '2', '--output', '10', '--cache-write-5m', '3', '--from', '30d'])
    await (await call()).text()
    expect((await run(['usage'])).out).toContain('$0.00125')
    const { rates } = JSON.parse((await run(['rates', 'list', 'anthropic', '--json'])).out)
    expect(rates).toMatchObject([{ max_output: 64_000, rates: { input: '2', output: '10', cache_write_5m: '3' } }])
  })

  it('of a model that nobody knows need its limits', async () => {
    const { run } = await openBench()
    const words = ['rates', 'set', '--integration', 'openai', '--model', 'test-model', '--input', '1', '--output', '0']
    const { code, err } = await run(words)
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^vendo: This model is not known yet\. Name its --context-window/),
    ])
    expect((await run([...words, '--context-window', '8000', '--max-output', '1000'])).code).toBe(0)
  })

  it('are imported from a file or standard input', async () => {
    const { run, folder } = await openBench()
    const models = [
      {
        id: 'vendor/model',
        context_length: 1_000,
        pricing: { prompt: '0.000001', completion: '0.000002', odd_price: '0' },
      },
      { id: 'vendor/auto', context_length: 1_000, pricing: { prompt: '-1', completion: '-1' } },
    ]
    const input = JSON.stringify({ data: models })
    const first = await run(['rates', 'import', 'openrouter'], { input })
    expect([first.code, first.out]).toEqual([0, '1 models have new rates, 0 are as they were.\n'])
    expect(first.err).toBe(
      'vendo: skipped vendor/auto: variable price for prompt\nvendo: 1 models have a price for odd_price, which is not metered\n',
    )
    writeFileSync(join(folder, 'models.json'), input)
    const again = await run(['rates', 'import', 'openrouter', '--file', 'models.json'])
    expect(again.out).toBe('0 models have new rates, 1 are as they were.\n')
    const wrong = await run(['rates', 'import', 'openrouter'], { input: 'no json' })
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/^vendo: The list is no JSON\.[^\n]*\n$/)])
  })
})
