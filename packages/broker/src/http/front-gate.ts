import type { IncomingMessage, ServerResponse } from 'node:http'
import { createVendoError, isVendoError } from '@vendo/contract'
import { refuse } from '../pipeline/refuse.ts'
import { type CrossOriginInput, createCrossOrigin, type Zone } from './cross-origin.ts'
import { refusalOf } from './refusal.ts'
import { type AssertTrustedHost, createTrustedHost, type TrustedHostInput } from './trusted-host.ts'

type ErrorShape = Parameters<typeof refuse>[2]['shape']

/** What a gate is made from. */
export interface FrontGateInput extends CrossOriginInput, Omit<TrustedHostInput, 'listensOn'> {
  /** In which provider's shape a refusal is, by the request target. */
  readonly shapeOf: (target: string) => ErrorShape
  readonly newId: (prefix: string) => string
}

/** Stands in front of proxy and API alike. */
export interface FrontGate {
  /** To be told before the first request. */
  listensOn(host: string): void
  /** False when the request is answered: refused, or a browser's own question. Never throws. */
  passes(message: IncomingMessage, answer: ServerResponse, zone: Zone): boolean
}

/**
 * Keeps out requests under a name that is not the broker's, and answers what browsers ask before a page may call.
 *
 * @throws {VendoError} `validation_failed` for an allowed origin that is none.
 */
export const createFrontGate = (input: FrontGateInput): FrontGate => {
  const answerCrossOrigin = createCrossOrigin(input)
  let assertTrustedHost: AssertTrustedHost = createTrustedHost({ ...input, listensOn: 'localhost' })
  return {
    listensOn: (host) => {
      assertTrustedHost = createTrustedHost({ ...input, listensOn: host })
    },
    passes: (message, answer, zone) => {
      try {
        assertTrustedHost(message.headers.host)
        return !answerCrossOrigin(message, answer, zone)
      } catch (error) {
        refuseAt(zone, { message, answer, error, input })
        return false
      }
    },
  }
}

interface Refused {
  readonly message: IncomingMessage
  readonly answer: ServerResponse
  readonly error: unknown
  readonly input: FrontGateInput
}

const refuseAt = (zone: Zone, { message, answer, error, input }: Refused): void => {
  const requestId = input.newId('req')
  const failure = isVendoError(error)
    ? error
    : createVendoError('The broker failed while working on this request.', { code: 'internal_error', cause: error })
  // Its body stays unread.
  answer.shouldKeepAlive = false
  if (zone === 'proxy') {
    refuse(answer, failure, { shape: input.shapeOf(message.url ?? ''), requestId })
    return
  }
  const { status, headers, body } = refusalOf(failure, requestId)
  answer.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  answer.end(JSON.stringify(body))
}
