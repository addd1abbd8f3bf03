import type { UpstreamCall, UpstreamRequest } from '../../src/egress/upstream-call.ts'
import type { UpstreamPools } from '../../src/egress/upstream-pools.ts'

/** How a call ended, and all that was told on the way. */
export interface CallEnd {
  readonly events: readonly string[]
  readonly status: number | undefined
  readonly body: string
  readonly error: Error | undefined
}

/** A call under way. */
export interface SentCall {
  readonly call: UpstreamCall
  /** Bytes of the answer so far. */
  readonly received: number
  readonly ended: Promise<CallEnd>
}

/** Sends one request straight through the pools, without a broker; by default a `POST` of a few bytes. */
export const sendUpstream = (
  pools: UpstreamPools,
  request: Partial<UpstreamRequest> & { origin: string },
): SentCall => {
  const { promise, resolve } = Promise.withResolvers<CallEnd>()
  const events: string[] = []
  const pieces: Buffer[] = []
  let [status, received]: [number | undefined, number] = [undefined, 0]
  let call: UpstreamCall | undefined
  const end = (event: string, error?: Error) => {
    events.push(event)
    resolve({ events, status, body: Buffer.concat(pieces).toString('latin1'), error })
  }
  pools.dispatch(
    { party: 'one', path: '/v1', method: 'POST', headers: ['x-a', 'b'], body: Buffer.from('hello'), ...request },
    {
      onDispatch: (given) => {
        call = given
        events.push('dispatch')
      },
      onRequestStart: () => events.push('start'),
      onResponseStart: (given) => {
        status = given
        events.push('head')
      },
      onResponseData: (piece) => {
        received += piece.length
        pieces.push(piece)
        if (events.at(-1) !== 'data') events.push('data')
      },
      onResponseEnd: () => end('end'),
      onResponseError: (error) => end('error', error),
    },
  )
  return {
    get call() {
      if (call === undefined) throw new Error('This call was refused.')
      return call
    },
    get received() {
      return received
    },
    ended: promise,
  }
}
