import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import packageJson from '../../package.json' with { type: 'json' }
import { accessTable, publicAddresses } from './test/access-table.ts'
import { createApiFixture } from './test/api-fixture.ts'

const operationSchema = z.looseObject({
  summary: z.string().min(1),
  tags: z.array(z.string()).nonempty(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string().min(1) })),
})
const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ version: z.string() }),
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
})

let document: z.output<typeof documentSchema>

beforeAll(async () => {
  const { call } = await createApiFixture()
  document = documentSchema.parse((await call(undefined, 'GET /api/openapi.json')).body)
})

const operation = (line: string) => {
  const [method = '', path = ''] = line.split(' ')
  return document.paths[path]?.[method.toLowerCase()]
}

describe('GET /api/openapi.json', () => {
  it('carries the version of the package and the address of the broker', () => {
    expect(document.info.version).toBe(packageJson.version)
    expect(document.servers).toEqual([{ url: 'http://127.0.0.1:8787' }])
  })

  it.each(Object.entries(accessTable))('says which keys %s takes', (line, scopes) => {
    const schemes = (operation(line)?.security ?? []).flatMap((one) => Object.keys(one))
    const expected = [
      ...(scopes.some((scope) => scope === 'app' || scope === 'connection') ? ['inferenceKey'] : []),
      ...(scopes.some((scope) => scope === 'tenant' || scope === 'operator') ? ['managementKey'] : []),
    ]
    expect(schemes).toEqual(expected)
    expect(Object.keys(document.components.securitySchemes)).toEqual(expect.arrayContaining(schemes))
    expect(operation(line)?.responses).toMatchObject({ 401: {}, 403: {}, 503: {} })
  })

  it.each(publicAddresses)('says that %s takes none', (line) => {
    expect(operation(line)?.security).toEqual([])
  })

  it('names every operation once', () => {
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((route) => route['operationId']),
    )
    expect(ids).toContain('getAppsIdLimits')
    expect(ids.every((id) => typeof id === 'string')).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('documents how everything that is created is created once', () => {
    const creates = Object.keys(accessTable).filter((line) => line.startsWith('POST '))
    expect(creates).toContain('POST /api/billing/topups')
    for (const line of creates) {
      const parameter = {
        ...{ name: 'idempotency-key', in: 'header' },
        description: expect.stringContaining('idempotency_conflict'),
      }
      expect(operation(line)?.['parameters'], line).toContainEqual(expect.objectContaining(parameter))
      expect(operation(line)?.responses, line).toMatchObject({ 409: {} })
    }
  })

  it('names the schemas of the contract once', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Error', 'Key', 'CreatedKey', 'Connection', 'Balance', 'Calls']),
    )
  })
})
