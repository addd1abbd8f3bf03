import type { Agent } from 'node:http'
import { headerNames } from '@vendo/contract'
import { readStoredReferences } from '@vendo/wire'
import { loadTranscript, type Transcript } from '../replay.ts'
import { type ReplayCut, replayCuts } from '../replay-answer.ts'
import { compareExchange } from './compare-exchange.ts'
import { compareUsage } from './compare-usage.ts'
import type { Family } from './families.ts'
import type { Bench, BenchKey } from './open-bench.ts'
import type { PlannedExchange } from './plan.ts'
import { type ReplayRequest, replayRequest, withoutAskingForUsage } from './replay-request.ts'
import type { ReplayUpstream } from './replay-upstream.ts'
import { sendRaw } from './send-raw.ts'

/** What an exchange runs on. */
export interface Stage {
  readonly bench: Bench
  readonly upstream: ReplayUpstream
  readonly agent: Agent
}

/** One replay of one recording with one cut. */
export interface ReplayOutcome {
  /** `provider/id`, the variant if there is one, and the cut. */
  readonly label: string
  /** Differences; empty = passed. */
  readonly problems: readonly string[]
}

interface Variant {
  readonly name: string
  readonly request: ReplayRequest
}

interface Sent {
  readonly problems: readonly string[]
  readonly requestId?: string
}

const timeoutMs = 120_000

const variantsOf = (request: ReplayRequest): readonly Variant[] => {
  const unasked = withoutAskingForUsage(request)
  return [
    { name: '', request },
    ...(unasked === undefined ? [] : [{ name: ', usage not asked for', request: unasked }]),
  ]
}

const sendOnce = async (
  { bench, upstream, agent }: Stage,
  {
    transcript,
    slug,
    request,
    cut,
    key,
  }: {
    readonly transcript: Transcript
    readonly slug: string
    readonly request: ReplayRequest
    readonly cut: ReplayCut
    readonly key: BenchKey
  },
): Promise<Sent> => {
  const expected = upstream.expect(transcript, cut)
  try {
    const headers = { ...expected.headers, 'x-api-key': key.key }
    const answer = await sendRaw(request, { baseUrl: `${bench.url}/${slug}`, agent, headers, timeoutMs })
    const requestId = answer.headers[headerNames.requestId]
    const problems = compareExchange({ request, answer, upstream: expected.finish() })
    return { problems, ...(typeof requestId === 'string' && { requestId }) }
  } catch (error) {
    const called = expected.finish() === undefined ? 'before the provider was called' : 'after the provider was called'
    return { problems: [`the call failed ${called}: ${error instanceof Error ? error.message : String(error)}`] }
  }
}

const meteredProblems = async (
  stage: Stage,
  { key, sent, planned }: { readonly key: BenchKey; readonly sent: readonly Sent[]; readonly planned: PlannedExchange },
): Promise<readonly (readonly string[])[]> => {
  const requestIds = sent.flatMap(({ requestId }) => requestId ?? [])
  const calls = await stage.bench.settledCalls(key.id, requestIds)
  return sent.map(({ requestId }) => {
    if (requestId === undefined) return ['the answer has no request id']
    const call = calls.get(requestId)
    if (call === undefined) return ['the ledger has no terminal row of this call']
    return planned.expected === undefined ? [] : compareUsage(planned.expected, call)
  })
}

const isHiddenByPool = ({ meta, request }: Transcript, { wireFormat }: Family): boolean =>
  meta.status === 401 ||
  meta.status === 403 ||
  /\/responses\/resp_/.test(meta.uri ?? '') ||
  readStoredReferences(wireFormat, parsed(request)).length > 0

const parsed = (body: Buffer | undefined): unknown => {
  try {
    return JSON.parse(body?.toString() ?? 'null')
  } catch {
    return null
  }
}

/** Replays one recording under every cut, then compares what the ledger has for each. Rejects only if the broker's API fails. */
export const runExchange = async (stage: Stage, planned: PlannedExchange): Promise<readonly ReplayOutcome[]> => {
  const { reference, family } = planned
  const transcript = await loadTranscript(reference)
  // A pool hides its own key's 401 and 403, and takes no references to stored objects; the tenant's own key gets the provider's answer.
  const payer = isHiddenByPool(transcript, family) ? 'own' : 'pool'
  const outcomes: ReplayOutcome[] = []
  for (const { name, request } of variantsOf(replayRequest(transcript, family))) {
    const key = await stage.bench.createKey(payer)
    const sent: Sent[] = []
    for (const cut of replayCuts) {
      sent.push(await sendOnce(stage, { transcript, slug: family.slug, request, cut, key }))
    }
    const metered = await meteredProblems(stage, { key, sent, planned })
    replayCuts.forEach((cut, index) => {
      const label = `${reference.provider}/${reference.id}${name} (${cut})`
      outcomes.push({ label, problems: [...(sent[index]?.problems ?? []), ...(metered[index] ?? [])] })
    })
  }
  return outcomes
}
