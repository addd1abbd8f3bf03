import { setTimeout as pause } from 'node:timers/promises'
import { eventStreamAnswer, type ScriptedRequest } from '@vendo/testkit'
import { anthropicRequest, messageAnswer, messageEvents } from '../answers.ts'
import type { TestBroker } from '../harness.ts'

/** What came of every call of a load. */
export interface LoadResult {
  /** Request ids of the calls that the provider answered, as the client saw them. */
  readonly answered: string[]
  readonly refused: { readonly code: string; readonly ms: number }[]
  /** Streams that did not come to their end. */
  readonly cut: string[]
  /** Calls that ended in any other way. */
  readonly strange: string[]
}

/** A load that runs until it is stopped. */
export interface Load {
  readonly result: LoadResult
  stop(): Promise<void>
}

/** The provider of a load: a JSON answer or a stream that takes a moment, as the request asks. */
export const loadScript = async (request: ScriptedRequest) => {
  await pause(5)
  return request.header('x-chaos-stream') === undefined ? messageAnswer() : eventStreamAnswer(messageEvents)
}

/** Starts so many clients, each of which calls again as soon as it was answered, and a moment after it was refused. */
export const startLoad = (broker: TestBroker, clients: number): Load => {
  const result: LoadResult = { answered: [], refused: [], cut: [], strange: [] }
  let running = true
  const callOnce = async (stream: boolean): Promise<void> => {
    const startedAt = performance.now()
    const answer = await broker.send({
      path: '/anthropic/v1/messages',
      json: anthropicRequest({ stream }),
      headers: stream ? { 'x-chaos-stream': '1' } : {},
    })
    const code = String(answer.headers['vendo-error-code'] ?? '')
    if (code !== '') {
      result.refused.push({ code, ms: performance.now() - startedAt })
      if (answer.status !== 503) result.strange.push(`${answer.status} ${code}`)
      await pause(100)
    } else if (answer.status !== 200) result.strange.push(`status ${answer.status}`)
    else {
      result.answered.push(String(answer.headers['x-vendo-request-id']))
      if (!answer.complete) result.cut.push(String(answer.headers['x-vendo-request-id']))
    }
  }
  const client = async (number: number): Promise<void> => {
    while (running) await callOnce(number % 2 === 0).catch((error: unknown) => void result.strange.push(String(error)))
  }
  const clientsDone = Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  return {
    result,
    stop: async () => {
      running = false
      await clientsDone
    },
  }
}
