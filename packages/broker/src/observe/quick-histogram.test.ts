import { Histogram, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { QuickHistogram } from './quick-histogram.ts'

const buckets = [0.1, 1, 10]
const samples = [0, 0.1, 0.100001, 1, 9.5, 10, 10.5, 1_000]

const both = () => {
  const [own, theirs] = [new Registry(), new Registry()]
  return { own, theirs }
}

// There are no exemplars, which prom-client says of every value.
const jsonOf = async (registry: Registry): Promise<unknown> =>
  JSON.parse(
    JSON.stringify(await registry.getMetricsAsJSON(), (name, value) => (name === 'exemplar' ? undefined : value)),
  )

describe('a quick histogram reads as prom-client’s own does', () => {
  it('without a label, from before the first sample', async () => {
    const { own, theirs } = both()
    const configuration = { name: 'x_seconds', help: 'x', buckets }
    const quick = new QuickHistogram({ ...configuration, registers: [own] })
    const plain = new Histogram({ ...configuration, registers: [theirs] })
    expect(await own.metrics()).toBe(await theirs.metrics())
    for (const sample of samples) {
      quick.record(sample)
      plain.observe(sample)
    }
    expect(await own.metrics()).toBe(await theirs.metrics())
    expect(await jsonOf(own)).toEqual(await jsonOf(theirs))
  })

  it('with a label', async () => {
    const { own, theirs } = both()
    const configuration = { name: 'x_seconds', help: 'x', buckets, labelNames: ['who'] as [string] }
    const quick = new QuickHistogram({ ...configuration, registers: [own] })
    const plain = new Histogram({ ...configuration, registers: [theirs] })
    expect(await own.metrics()).toBe(await theirs.metrics())
    for (const [index, sample] of samples.entries()) {
      const who = index % 3 === 0 ? 'a' : 'b "\n'
      quick.record(sample, who)
      plain.observe({ who }, sample)
    }
    expect(await own.metrics()).toBe(await theirs.metrics())
    expect(await jsonOf(own)).toEqual(await jsonOf(theirs))
  })

  it('starts again after a reset', async () => {
    const { own, theirs } = both()
    const quick = new QuickHistogram({ name: 'x', help: 'x', buckets, registers: [own] })
    new Histogram({ name: 'x', help: 'x', buckets, registers: [theirs] })
    quick.record(5)
    quick.reset()
    expect(await own.metrics()).toBe(await theirs.metrics())
  })
})
