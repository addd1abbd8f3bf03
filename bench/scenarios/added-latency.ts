import type { CommitTimes } from '../broker/messages.ts'
import { figures, measureInTurns, type Sample, type Samples, type Turns } from '../lib/measure.ts'
import { median, spreadOf } from '../lib/spread.ts'
import type { TargetId } from '../report/targets.ts'
import { startBrokerVariant } from '../variants/broker.ts'
import { directVariant } from '../variants/direct.ts'
import { nginxIfAny, part, type Scenario, type ScenarioContext, withVariants } from './scenario.ts'

/** Calls that the provider takes 40 ms for, 200 in a second: how much later the answer comes than without us. */
export const addedLatency: Scenario = {
  name: 'latency',
  targets: ['added-p50', 'added-p99'],
  run: async (context) => {
    const workload = { model: 'mock-delay-40', stream: false, connections: 64, rate: 200 }
    const { samples, commits } = await measureAgainstDirect(context, workload)
    return [
      added('added-p50', samples, ({ load }) => load.p50, commits),
      added('added-p99', samples, ({ load }) => load.p99, commits),
    ]
  },
}

/** 100 streams in a second, each 300 ms long: how much later the first byte comes. */
export const firstByte: Scenario = {
  name: 'first-byte',
  targets: ['first-byte-p50', 'first-byte-p99'],
  run: async (context) => {
    const workload = { model: 'mock-paced-5', stream: true, connections: 256, rate: 100 }
    const { samples, commits } = await measureAgainstDirect(context, workload)
    return [
      added('first-byte-p50', samples, ({ load }) => load.firstByteP50, commits),
      added('first-byte-p99', samples, ({ load }) => load.firstByteP99, commits),
    ]
  },
}

type Commits = { readonly hold: CommitTimes; readonly settle: CommitTimes } | null

const measureAgainstDirect = async (
  context: ScenarioContext,
  workload: Turns['workload'],
): Promise<{ samples: Samples; commits: Commits }> => {
  const { mockPort, folder, runLoad, rounds } = context
  const broker = await startBrokerVariant({ mockPort, folder, timings: true })
  const variants = [directVariant(mockPort), ...(await nginxIfAny(context)), broker]
  const onWarm = () => broker.process.ask('reset-timings')
  return withVariants(variants, async () => ({
    samples: await measureInTurns(runLoad, variants, { rounds, workload, onWarm }),
    commits: await broker.process.ask('read-timings'),
  }))
}

const added = (target: TargetId, samples: Samples, micros: (sample: Sample) => number, commits: Commits) => {
  const of = (name: 'direct' | 'nginx' | 'broker') => figures(samples, name, micros).map((value) => value / 1000)
  const [direct, nginx, broker] = [of('direct'), of('nginx'), of('broker')]
  const isTail = target.endsWith('p99')
  const commitOf = (times: CommitTimes) => (isTail ? times.p99 : times.p50) / 1000
  return {
    target,
    value: spreadOf(broker.map((value, round) => value - (direct[round] ?? Number.NaN))),
    parts: [
      ...(nginx.length === 0 ? [] : [part('nginx adds', median(nginx) - median(direct), 'ms')]),
      ...(commits === null
        ? []
        : [part('hold', commitOf(commits.hold), 'ms'), part('settle', commitOf(commits.settle), 'ms')]),
    ],
  }
}
