import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { ApiDependencies } from './api-dependencies.ts'
import { createApi } from './create-api.ts'

/** Answers one request to the HTTP API. */
export type ApiListener = (message: IncomingMessage, answer: ServerResponse) => unknown

/** The HTTP API on Node's server. */
export const createApiListener = (dependencies: ApiDependencies): ApiListener =>
  getRequestListener(createApi(dependencies).fetch, { overrideGlobalObjects: false })
