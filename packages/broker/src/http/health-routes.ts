import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { json, publicRefusals } from './route-documentation.ts'

const statusSchema = z.object({ status: z.literal('ok') })

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['health'],
  summary: 'Whether the process runs',
  responses: { 200: json('It runs.', statusSchema), ...publicRefusals() },
})

const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['health'],
  summary: 'Whether the broker can serve: its store can be written',
  responses: { 200: json('It can serve.', statusSchema), ...publicRefusals() },
})

/** Adds the probes that need no key. */
export const addHealthRoutes = (api: Api, { ready }: ApiDependencies): void => {
  api.openapi(healthRoute, (context) => context.json({ status: 'ok' as const }, 200))
  api.openapi(readyRoute, async (context) => {
    await ready()
    return context.json({ status: 'ok' as const }, 200)
  })
}
