import { describe, expect, it } from 'vitest'
import { assertListLengths } from './assert-list-lengths.ts'

const list = (length: number) => Array(length).fill('x')

describe('a list of a body', () => {
  it.each([
    ['models', (entries: string[]) => ({ models: entries }), 100],
    ['fallbacks', (entries: string[]) => ({ fallbacks: entries }), 100],
    ['tools', (entries: string[]) => ({ tools: entries }), 1_024],
    ['stop', (entries: string[]) => ({ stop: entries }), 256],
    ['stop_sequences', (entries: string[]) => ({ stop_sequences: entries }), 256],
    ['generationConfig.stopSequences', (entries: string[]) => ({ generationConfig: { stopSequences: entries } }), 256],
    [
      'generation_config.stop_sequences',
      (entries: string[]) => ({ generation_config: { stop_sequences: entries } }),
      256,
    ],
  ])('%s has a bound of its own', (name, make, max) => {
    expect(() => assertListLengths(make(list(max)))).not.toThrow()
    expect(() => assertListLengths(make(list(max + 1)))).toThrow(`\`${name}\` has ${max + 1} entries; ${max} are`)
  })

  it.each([[{ generationConfig: null }], [{ generationConfig: 'x' }], [{ stop: 'x' }]])('is no %j', (body) => {
    expect(() => assertListLengths(body)).not.toThrow()
  })
})
