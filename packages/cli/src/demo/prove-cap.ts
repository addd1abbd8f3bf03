import { headerNames, nanosFromUsd } from '@vendo/contract'
import type { CallResponse } from '@vendo/contract/api'
import { listSettledCalls } from '../http/list-calls.ts'
import { authorizationHeader } from '../http/reveal-authorization.ts'
import { mintRunKey, type RunKey, revokeKey } from '../run/mint-run-key.ts'
import { CliError } from '../terminal/cli-error.ts'
import type { Stage } from './stage.ts'

/** What happened to a call that a key could not pay, and to the same call after the advice was taken. */
export interface CapProof {
  readonly integration: string
  readonly model: string
  readonly capUsd: string
  readonly askedMaxTokens: number
  readonly refusal: { readonly status: number; readonly code: string; readonly message: string }
  /** Whether anything of the refused call reached an upstream. */
  readonly dispatched: boolean
  readonly fittingMaxTokens: number
  /** The call that fits. */
  readonly passed: CallResponse
}

const capUsd = '0.001'
const askedMaxTokens = 4_096

interface Question {
  readonly path: string
  readonly model: string
  /** The field that limits the output. */
  readonly limit: string
}

const questions: Readonly<Record<string, Question>> = {
  anthropic: { path: '/anthropic/v1/messages', model: 'claude-haiku-5-5', limit: 'max_tokens' },
  openai: { path: '/openai/v1/chat/completions', model: 'gpt-5-nano', limit: 'max_completion_tokens' },
  openrouter: {
    path: '/openrouter/v1/chat/completions',
    model: 'google/gemini-2.5-flash-lite',
    limit: 'max_tokens',
  },
}

/**
 * Mints a key capped at $0.001 and lets it ask for more than that, then for what the refusal says would fit.
 *
 * @throws {CliError} when the limit does not hold, or the advice is wrong: there is no proof then.
 */
export const proveCap = async (stage: Stage): Promise<CapProof> => {
  const { broker, client } = stage
  const { slug } = broker.connections.find((connection) => questions[connection.slug] !== undefined) ?? {}
  const question = slug === undefined ? undefined : questions[slug]
  if (slug === undefined || question === undefined) throw new CliError('The app is bound to no provider to ask.')
  const budgetNanos = nanosFromUsd(capUsd)
  const owner = { appId: broker.appId, tenant: broker.tenantId, name: 'vendo demo, capped' }
  const key = await mintRunKey(client, { ...owner, budgetNanos })
  try {
    return { integration: slug, ...(await ask(stage, question, key)) }
  } finally {
    await revokeKey(client, key.id)
  }
}

const ask = async (stage: Stage, question: Question, key: RunKey): Promise<Omit<CapProof, 'integration'>> => {
  const { client, broker, upstream } = stage
  const arrivedBefore = upstream?.requestCount()
  const refused = await send(stage, question, { key, maxTokens: askedMaxTokens })
  const message = messageIn(refused.text)
  const fitting = /max_tokens of (\d+)/.exec(message)?.[1]
  if (refused.code !== 'spend_cap_total' || fitting === undefined) {
    throw new CliError(`The limit did not hold as it should: ${refused.status} ${refused.code}: ${message}`)
  }
  const wanted = { keyId: key.id, tenant: broker.tenantId }
  const attempts = await listSettledCalls(client, wanted)
  const dispatched = attempts.length > 0 || upstream?.requestCount() !== arrivedBefore
  const fittingMaxTokens = Number(fitting)
  const passed = await send(stage, question, { key, maxTokens: fittingMaxTokens })
  const [call] = await listSettledCalls(client, wanted)
  if (passed.status !== 200 || call === undefined) {
    throw new CliError(`${question.model} refused the call that fits: ${passed.status} ${messageIn(passed.text)}`)
  }
  const refusal = { status: refused.status, code: refused.code, message }
  return { model: question.model, capUsd, askedMaxTokens, refusal, dispatched, fittingMaxTokens, passed: call }
}

interface Sent {
  readonly status: number
  readonly code: string
  readonly text: string
}

const send = async (
  { broker }: Stage,
  { path, model, limit }: Question,
  { key, maxTokens }: { readonly key: RunKey; readonly maxTokens: number },
): Promise<Sent> => {
  const messages = [{ role: 'user', content: 'Tell me everything there is to say about money.' }]
  const response = await fetch(broker.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorizationHeader(key.key) },
    body: JSON.stringify({ model, [limit]: maxTokens, messages }),
    redirect: 'manual',
  })
  const { status, headers } = response
  return { status, code: headers.get(headerNames.errorCode) ?? 'none', text: await response.text() }
}

const messageIn = (text: string): string => {
  try {
    return String((JSON.parse(text) as { error: { message: unknown } }).error.message)
  } catch {
    // Whatever answered did not do so in a provider's error shape: its first words have to do.
    return text.slice(0, 200)
  }
}
