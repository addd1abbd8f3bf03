import type { WireFormatName } from '@vendo/contract'
import { encodeStreamError } from '@vendo/wire'
import type { RelayEnd } from './relay-end.ts'

/** Where a stream broke off. */
export interface BreakOff {
  readonly wireFormat: WireFormatName
  readonly kind: RelayEnd['kind']
  readonly requestId: string
  /** False inside an event, which must be ended first. */
  readonly atEventBoundary: boolean
}

/** The provider's own error event, for the end of a stream whose rest will not come. */
export const breakOffEvent = ({ wireFormat, kind, requestId, atEventBoundary }: BreakOff): Uint8Array => {
  const event = encodeStreamError(wireFormat, { ...breakOffError(kind), requestId })
  return atEventBoundary ? event : Buffer.concat([Buffer.from('\n\n'), event])
}

const breakOffError = (kind: RelayEnd['kind']) => {
  if (kind === 'timeout')
    return { status: 504, code: 'upstream_timeout', message: 'The provider fell silent in the middle of its answer.' }
  const message =
    kind === 'shutdown' ? 'The broker is shutting down.' : 'The provider broke off in the middle of its answer.'
  return { status: 502, code: 'upstream_error', message }
}
