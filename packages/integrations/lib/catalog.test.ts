import { profiles } from '@vendo/contract'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { catalog } from '../catalog.gen.ts'
import { envTable, type KnownSlug } from '../env-table.gen.ts'
import { providers } from '../providers.gen.ts'
import { defineIntegration, type Integration } from './define-integration.ts'
import { envTableRow } from './env-table-row.ts'
import type { Route } from './provider.ts'
import { findProvider } from './providers.ts'

const entries: readonly Integration[] = Object.values(catalog)

describe.each(entries)('the entry $slug', (entry) => {
  it('is well formed', () => {
    expect(entry.slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(entry.name).not.toBe('')
    expect(entry.profiles.every((profile) => profiles.includes(profile))).toBe(true)
    expect(new URL(entry.docsUrl).protocol).toBe('https:')
    expect(entry.brandColor).toMatch(/^#[0-9a-f]{6}$/)
  })

  it('names each variable once, in capitals, and marks what is secret', () => {
    const names = entry.connectionEnvVars.flatMap(({ name, aliases = [] }) => [name, ...aliases])
    expect(new Set(names).size).toBe(names.length)
    expect(names.every((name) => /^[A-Z][A-Z0-9_]*$/.test(name) && !name.startsWith('VENDO_'))).toBe(true)
    for (const { source, secret } of entry.connectionEnvVars) {
      if (source.from === 'credential' || source.from === 'vendoApiKey') expect(secret).toBe(true)
    }
  })

  it('has one primary variable, which the env table knows', () => {
    const row = envTable[entry.slug as KnownSlug]
    expect(row).toEqual(envTableRow(entry))
    expect(row.baseUrl.length > 0).toBe(entry.connectionEnvVars.some(({ source }) => source.from === 'vendoApiKey'))
  })
})

describe('the registries', () => {
  it.each([
    ['catalog', catalog],
    ['envTable', envTable],
    ['providers', providers],
  ])('%s is frozen and has no prototype', (_, registry) => {
    expect(Object.getPrototypeOf(registry)).toBe(null)
    expect(Object.isFrozen(registry)).toBe(true)
  })

  it('no two integrations claim one variable, so any of them can be bound together', () => {
    const names = entries.flatMap(({ connectionEnvVars }) => connectionEnvVars.map(({ name }) => name))
    expect(new Set(names).size).toBe(names.length)
  })

  it('only telegram is exclusive', () => {
    expect(entries.filter(({ exclusive }) => exclusive).map(({ slug }) => slug)).toEqual(['telegram'])
  })

  it('an entry without a variable for its key is refused', () => {
    expect(() => envTableRow({ ...catalog.notion, connectionEnvVars: [] })).toThrow(TypeError)
  })
})

describe.each(Object.values(providers))('the provider $slug', (provider) => {
  it('is an https origin that findProvider knows', () => {
    expect(findProvider(provider.slug)).toBe(provider)
    expect(new URL(provider.origin).origin).toBe(provider.origin)
    expect(provider.origin).toMatch(/^https:/)
    expect(catalog[provider.slug as KnownSlug].connectionEnvVars[0]?.source.from).toBe('vendoApiKey')
  })

  it('lists each route once, metered ones with a wire format, cached ones as free reads', () => {
    const seen = provider.routes.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(seen).size).toBe(seen.length)
    for (const route of provider.routes) {
      expect(route.path).toMatch(new RegExp(`^${provider.pathPrefix}/v1(beta)?(/:?[a-z_]+)+(:[a-zA-Z]+)?$`))
      if (route.class === 'metered') expect(route.wireFormat).toBeDefined()
      if (route.cacheSeconds !== undefined) expect([route.method, route.class]).toEqual(['GET', 'free'])
      if (route.streamsBody) expect(route.method).toBe('POST')
      if (route.streamsBody) expect(route.form !== undefined).toBe(route.class === 'metered')
      if (route.form !== undefined) expect(route.streamsBody).toBe(true)
      // What is kept would be shown to whoever asks next.
      if (route.ownAccountOnly) expect([route.class, route.cacheSeconds]).toEqual(['free', undefined])
    }
  })

  it('keeps everything that would show a pool blocked', () => {
    const paths = (routes: readonly Route[]) => routes.map(({ path }) => path).join('\n')
    expect(paths(provider.routes)).not.toMatch(/batches|credits|keys?\b|vector|container|organization|skills/)
    expect(paths(provider.routes.filter(({ ownAccountOnly }) => ownAccountOnly !== true))).not.toMatch(/files|uploads/)
  })

  it('bounds every request part', () => {
    const { imageTokens, documentTokensPerByte, audioTokensPerByte, framingTokens, toolPromptTokens } = provider.bound
    for (const tokens of [imageTokens, documentTokensPerByte, audioTokensPerByte, framingTokens, toolPromptTokens]) {
      expect(tokens).toBeGreaterThan(0)
    }
    expect(documentTokensPerByte).toBeGreaterThanOrEqual(1)
  })
})

it('findProvider knows nothing else', () => {
  expect([findProvider('telegram'), findProvider('constructor'), findProvider('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

it('keeps its types', () => {
  expectTypeOf<'anthropic'>().toExtend<KnownSlug>()
  expectTypeOf<'antropic'>().not.toExtend<KnownSlug>()
  const entry = defineIntegration({ ...catalog.notion, slug: 'literal' })
  expectTypeOf(entry.slug).toEqualTypeOf<'literal'>()
})
