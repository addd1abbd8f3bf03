import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'

const tokens = {
  type: 'tokens',
  input_tokens: 114,
  input_token_details: { text_tokens: 10, audio_tokens: 104 },
  output_tokens: 21,
  total_tokens: 135,
}

describe('a whole answer', () => {
  const rows: readonly (readonly [string, object, object])[] = [
    ['tokens of sound and text', { text: 'hi', usage: tokens }, { input: 10, input_audio: 104, output: 21 }],
    [
      'tokens without details',
      { text: 'hi', usage: { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 } },
      { input: 14, output: 45 },
    ],
    ['seconds', { text: 'hi', usage: { type: 'duration', seconds: 9 } }, { audio_second: 9 }],
    ['a begun second', { text: 'hi', usage: { type: 'duration', seconds: 3.4 } }, { audio_second: 4 }],
    ['no sound at all', { text: '', usage: { type: 'duration', seconds: 0 } }, { audio_second: 0 }],
    [
      'usage before the length beside it',
      { task: 'transcribe', duration: 8.47, text: 'hi', usage: { type: 'duration', seconds: 9 } },
      { audio_second: 9 },
    ],
    [
      'the length where there is no usage',
      { language: 'english', duration: 8.470000267028809, text: 'hi' },
      { audio_second: 9 },
    ],
    [
      'tokens before seconds beside them',
      { text: 'hi', usage: { input_tokens: 83, output_tokens: 30, seconds: 9.2 } },
      { input: 83, output: 30 },
    ],
  ]
  it.each(rows)('%s', (_name, body, quantities) => {
    const reading = readBody('openai-transcription', body)
    expect(reading.usage?.quantities).toEqual(quantities)
    expect(reading).toMatchObject({ complete: true, final: true, failed: false, flags: [] })
  })

  it('text alone tells nothing', () => {
    const reading = readBody('openai-transcription', { text: 'hi' })
    expect(reading).toMatchObject({ complete: true, final: false })
    expect(reading.usage).toBe(undefined)
  })

  it.each([
    [-1, 'bad_usage_value:seconds'],
    ['9', 'bad_usage_value:seconds'],
    [1e300, 'usage_out_of_range:seconds'],
  ])('%s seconds are no seconds, and a finding', (seconds, flag) => {
    const reading = readBody('openai-transcription', { usage: { type: 'duration', seconds } })
    expect(reading.usage?.quantities).toEqual({})
    expect(reading.flags).toEqual([flag])
  })

  it('counts that nobody knows are findings', () => {
    const usage = { ...tokens, video_tokens: 5, input_token_details: { audio_tokens: 200, image_tokens: 1 } }
    const reading = readBody('openai-transcription', { usage })
    expect(reading.usage?.quantities).toEqual({ input: 0, input_audio: 114, output: 21 })
    expect(reading.flags).toEqual([
      'details_exceed_total',
      'unknown_usage_key:input_token_details.image_tokens',
      'unknown_usage_key:video_tokens',
    ])
  })

  it('an error is one', () => {
    expect(readBody('openai-transcription', { error: { message: 'no' } })).toMatchObject({ failed: true })
  })
})

describe('a stream', () => {
  const deltas = [
    { type: 'transcript.text.delta', delta: 'I see' },
    { type: 'transcript.text.delta', delta: ' skies' },
  ]
  const done = { type: 'transcript.text.done', text: 'I see skies', usage: tokens }
  const whole = streamOf(...deltas, done)

  it('ends with its usage, however it is cut', () => {
    for (let size = 1; size <= whole.length; size++) {
      const reading = readStream('openai-transcription', whole, size)
      expect(reading.usage?.quantities).toEqual({ input: 10, input_audio: 104, output: 21 })
      expect(reading).toMatchObject({ complete: true, final: true, flags: [] })
    }
  })

  it('that breaks off tells what was seen', () => {
    const reading = readStream('openai-transcription', streamOf(...deltas))
    expect(reading).toMatchObject({ complete: false, final: false })
    expect(reading.usage).toBe(undefined)
    expect(reading.visibleOutputBytes).toBeGreaterThanOrEqual('I see skies'.length)
  })

  it.each([
    ['an event named so', { type: 'error', error: { message: 'no' } }],
    ['an event of its own', { error: { message: 'no' } }],
  ])('fails with %s', (_name, event) => {
    expect(readStream('openai-transcription', streamOf(...deltas, event))).toMatchObject({
      failed: true,
      complete: false,
    })
  })
})
