import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerNames } from '@vendo/contract'
import type { ApiDependencies } from './api-dependencies.ts'

const body = '{"status":"ok"}'

/**
 * Answers `/healthz` and `/readyz` when all is well, as the API would: so that a process which only proxies never has to load
 * that. False when the API has to answer: another method, or a broker that is not ready.
 */
export const answerProbe = async (
  { method, url }: IncomingMessage,
  answer: ServerResponse,
  { ready, newId }: Pick<ApiDependencies, 'ready' | 'newId'>,
): Promise<boolean> => {
  if (method !== 'GET' || (url !== '/healthz' && url !== '/readyz')) return false
  const isWell = url === '/healthz' || (await ready().then(yes, no))
  if (!isWell) return false
  answer.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    [headerNames.requestId]: newId('request'),
  })
  answer.end(body)
  return true
}

const yes = (): boolean => true
const no = (): boolean => false
