import { setTimeout as pause } from 'node:timers/promises'
import { type CallResponse, callsSchema } from '@vendo/contract/api'
import type { ApiClient } from './api-client.ts'

/** Which calls. */
export interface CallsWanted {
  readonly keyId: string
  readonly tenant?: string | undefined
}

/** Every attempt of one key, oldest first. */
export const listCalls = async (
  client: ApiClient,
  { keyId, tenant }: CallsWanted,
): Promise<readonly CallResponse[]> => {
  const calls: CallResponse[] = []
  let after: string | undefined
  do {
    const page = await client.send({
      path: '/api/calls',
      query: { key_id: keyId, limit: '500', after, tenant },
      parse: (body) => callsSchema.parse(body),
    })
    calls.push(...page.calls)
    after = page.next ?? undefined
  } while (after !== undefined)
  return calls
}

/** How long a bill is waited for. */
export interface Patience {
  readonly withinMs: number
  readonly everyMs: number
  /** Ends the wait early: what is known then is given. */
  readonly signal?: AbortSignal
}

// The broker reads the rest of a broken-off answer for 5 s to learn its usage.
const untilDrained: Patience = { withinMs: 10_000, everyMs: 100 }

/** The same as soon as every call has its bill, or what is known when patience ends; calls may then still be `open`. */
export const listSettledCalls = async (
  client: ApiClient,
  wanted: CallsWanted,
  { withinMs, everyMs, signal }: Patience = untilDrained,
): Promise<readonly CallResponse[]> => {
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    const calls = await listCalls(client, wanted)
    if (calls.every(({ state }) => state !== 'open') || waitedMs >= withinMs || signal?.aborted === true) return calls
    await pause(everyMs)
  }
}
