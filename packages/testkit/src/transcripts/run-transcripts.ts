import { Agent } from 'node:http'
import { replayCuts } from '../replay-answer.ts'
import { openBench } from './open-bench.ts'
import { modelsOf, type Plan, type PlannedExchange } from './plan.ts'
import { createProgress, type Progress, type ProgressSink } from './progress.ts'
import { startReplayUpstream } from './replay-upstream.ts'
import { type ReplayOutcome, runExchange, type Stage } from './run-exchange.ts'
import { describeFailure, type Tally } from './tally.ts'

/** Exchanges under way at once: enough to hide the waits, few enough to hold their bodies in memory. */
const concurrency = 8

/** Failures shown in full; a broker that is wrong once is often wrong a thousand times. */
const mostFailuresShown = 40

interface Counts {
  passed: number
  failed: number
}

const record = (counts: Counts, outcome: ReplayOutcome, progress: Progress): void => {
  if (outcome.problems.length === 0) {
    counts.passed++
    return
  }
  counts.failed++
  if (counts.failed <= mostFailuresShown) progress.print(describeFailure(outcome))
  if (counts.failed === mostFailuresShown) progress.print('Further failures are counted, not shown.')
}

const outcomesOf = async (stage: Stage, planned: PlannedExchange): Promise<readonly ReplayOutcome[]> => {
  try {
    return await runExchange(stage, planned)
  } catch (error) {
    const problems = [error instanceof Error ? error.message : String(error)]
    const { provider, id } = planned.reference
    return replayCuts.map((cut) => ({ label: `${provider}/${id} (${cut})`, problems }))
  }
}

const runAll = async (stage: Stage, plan: Plan, see: (outcomes: readonly ReplayOutcome[]) => void): Promise<void> => {
  const queue = plan.exchanges.values()
  const worker = async (): Promise<void> => {
    for (const planned of queue) see(await outcomesOf(stage, planned))
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

/**
 * Replays every planned recording through a real broker under every cut and prints what differs. The ledger must verify
 * at the end, and every line of expected usage must have a recording: each breach counts as one failure.
 */
export const runTranscripts = async (plan: Plan, sink: ProgressSink): Promise<Tally> => {
  const progress = createProgress(sink, 'exchanges', plan.exchanges.length)
  const counts: Counts = { passed: 0, failed: 0 }
  const upstream = await startReplayUpstream()
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const slugs = [...new Set(plan.exchanges.map(({ family }) => family.slug))]
  const bench = await openBench({ upstreamOrigin: upstream.origin, slugs, models: await modelsOf(plan.exchanges) })
  let replays = 0
  try {
    await runAll({ bench, upstream, agent }, plan, (outcomes) => {
      replays += outcomes.length
      for (const outcome of outcomes) record(counts, outcome, progress)
      progress.step()
    })
    for (const label of plan.orphanedLines) {
      record(
        counts,
        { label, problems: ['expected_usage.jsonl has a line for it, but there is no recording'] },
        progress,
      )
    }
    const ledger = await bench.verify()
    if (!ledger.ok) record(counts, { label: 'ledger', problems: ledger.problems }, progress)
    progress.print(`ledger: ${ledger.rows} rows, ${ledger.openHolds} open holds, ${ledger.ok ? 'verified' : 'BROKEN'}`)
  } finally {
    agent.destroy()
    await bench.close()
    await upstream.close()
  }
  return { ...counts, exchanges: replays / replayCuts.length, chunkings: replayCuts.length, skipped: plan.skipped }
}
