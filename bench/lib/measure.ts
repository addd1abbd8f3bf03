import type { Ask, Variant } from '../variants/variant.ts'
import { readProcessCost } from './process-cost.ts'
import { assertClean, type LoadOptions, type LoadReport, type RunLoad } from './run-load.ts'

/** One variant under one load, once. */
export interface Sample {
  readonly load: LoadReport
  /** CPU time of the variant's processes; 0 for the direct way. */
  readonly cpuMicros: number
  readonly residentBytes: number
}

/** What to send, and how. */
export type Workload = Ask & Pick<LoadOptions, 'connections' | 'seconds' | 'rate' | 'spread'>

/** Settlements follow the last answer by a few milliseconds, and are part of what a call costs. */
const settleMs = 100

/** Runs a workload against a variant. @throws {Error} when any answer was not a clean one. */
export const measure = async (runLoad: RunLoad, variant: Variant, workload: Workload): Promise<Sample> => {
  const { connections, seconds, rate, spread, ...ask } = workload
  const request = variant.requestFor(ask)
  const before = costOf(variant)
  const load = await runLoad({
    port: variant.port,
    request,
    connections,
    seconds,
    ...(rate !== undefined && { rate }),
    ...(spread !== undefined && { spread }),
  })
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const after = costOf(variant)
  assertClean(load, variant.name)
  return { load, cpuMicros: after.cpuMicros - before.cpuMicros, residentBytes: after.residentBytes }
}

const costOf = ({ processId }: Variant) =>
  processId === undefined ? { cpuMicros: 0, residentBytes: 0 } : readProcessCost(processId)

/** Samples by variant, in the order of the rounds. */
export type Samples = ReadonlyMap<Variant['name'], readonly Sample[]>

/** How long and how often. */
export interface Rounds {
  readonly count: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

/** What to measure in turns. */
export interface Turns {
  readonly rounds: Rounds
  readonly workload: Omit<Workload, 'seconds'>
  /** Called between the warm-up and the first round. */
  readonly onWarm?: () => Promise<unknown>
}

/** Warms every variant up, then lets them take turns: whatever disturbs the machine for a while disturbs all of them. */
export const measureInTurns = async (
  runLoad: RunLoad,
  variants: readonly Variant[],
  { rounds, workload, onWarm }: Turns,
): Promise<Samples> => {
  const samples = new Map<Variant['name'], Sample[]>(variants.map(({ name }) => [name, []]))
  // As fast as it goes: a broker that has run for a while is compiled, one that saw a few hundred calls is not.
  const { rate: _rate, ...unhurried } = workload
  for (const variant of variants) await measure(runLoad, variant, { ...unhurried, seconds: rounds.warmUpSeconds })
  await onWarm?.()
  for (let round = 0; round < rounds.count; round++) {
    const order = round % 2 === 0 ? variants : variants.toReversed()
    for (const variant of order) {
      samples.get(variant.name)?.push(await measure(runLoad, variant, { ...workload, seconds: rounds.seconds }))
    }
  }
  return samples
}

/** One number of each sample of a variant; empty for a variant that was not there. */
export const figures = (samples: Samples, name: Variant['name'], figure: (sample: Sample) => number): number[] =>
  (samples.get(name) ?? []).map(figure)

/** CPU time of one answered request, in microseconds. */
export const cpuPerRequest = ({ cpuMicros, load }: Sample): number => cpuMicros / Math.max(1, load.completed)

/** CPU time of one event of a stream, in microseconds. */
export const cpuPerEvent = ({ cpuMicros, load }: Sample): number => cpuMicros / Math.max(1, load.events)
