import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerProbe } from './answer-probe.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { ApiListener } from './api-listener.ts'

/** Answers a request to the API; never rejects. */
export type LazyApi = (message: IncomingMessage, answer: ServerResponse) => Promise<void>

/** The HTTP API, loaded by the first request that needs it: a broker starts in half the time without. */
export const createLazyApi = (dependencies: ApiDependencies): LazyApi => {
  let loaded: Promise<ApiListener> | undefined
  const load = async (): Promise<ApiListener> => {
    const { createApiListener } = await import('./api-listener.ts')
    return createApiListener(dependencies)
  }
  return async (message, answer) => {
    if (await answerProbe(message, answer, dependencies)) return
    try {
      loaded ??= load()
      const listener = await loaded
      listener(message, answer)
    } catch (error) {
      // The next request tries again.
      loaded = undefined
      dependencies.onUnexpectedError?.(error, '')
      answer.destroy()
    }
  }
}
