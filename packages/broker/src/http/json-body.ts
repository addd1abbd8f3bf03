import { createVendoError } from '@vendo/contract'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ApiEnvironment } from './api-environment.ts'

const defaultMaxBytes = 1_048_576

/**
 * Admits plain bodies up to a size; whether they are JSON is checked afterwards, with their schema.
 *
 * @param maxBytes default 1 MiB.
 * @throws {VendoError} `request_too_large`, or `unsupported_encoding` for a compressed body.
 */
export const jsonBody = (maxBytes = defaultMaxBytes): MiddlewareHandler<ApiEnvironment> => {
  const limit = bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw createVendoError(`The body is larger than ${maxBytes} bytes.`, { code: 'request_too_large' })
    },
  })
  return async (context, next) => {
    const encoding = context.req.header('content-encoding')
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      throw createVendoError('The body is compressed, which this address does not take.', {
        code: 'unsupported_encoding',
      })
    }
    return await limit(context, next)
  }
}
