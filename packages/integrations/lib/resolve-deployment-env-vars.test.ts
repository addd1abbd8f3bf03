import { describe, expect, it } from 'vitest'
import { defineIntegration } from './define-integration.ts'
import type { Connection, Deployment } from './env-vars.ts'
import { resolveDeploymentEnvVars } from './resolve-deployment-env-vars.ts'

const deployment: Deployment = {
  id: 'app_1',
  vendoApiKey: 'vendo_sk_test-app-key',
  brokerUrl: 'http://127.0.0.1:8787/',
  proxyBaseUrl: (slug) => `http://127.0.0.1:8787/${slug}`,
}
const anthropic: Connection = { slug: 'anthropic', profile: 'vendo_managed_pool' }
const notion: Connection = { slug: 'notion', profile: 'oauth_app_install', credential: 'test-notion-token' }
const slack: Connection = { slug: 'slack', profile: 'oauth_refresh' }
const elevenlabs: Connection = { slug: 'elevenlabs', profile: 'vendo_managed_pool' }

const claiming = (slug: string, name: string) =>
  defineIntegration({
    slug,
    name: slug,
    category: 'developer',
    profiles: ['byok_static'],
    connectionEnvVars: [{ name, source: { from: 'credential' }, secret: true }],
    autoDiscovery: true,
    docsUrl: 'https://example.com',
    brandColor: '#000000',
  })

describe('the variables of a deployment', () => {
  it('are those of every connection, and Vendo’s own', () => {
    expect(resolveDeploymentEnvVars({ connections: [anthropic, notion, slack, elevenlabs], deployment })).toEqual({
      vars: {
        VENDO_API_KEY: 'vendo_sk_test-app-key',
        VENDO_BASE_URL: 'http://127.0.0.1:8787',
        VENDO_DEPLOYMENT_ID: 'app_1',
        ANTHROPIC_API_KEY: 'vendo_sk_test-app-key',
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:8787/anthropic/v1',
        NOTION_TOKEN: 'test-notion-token',
        VENDO_INJECTED: 'ANTHROPIC_API_KEY,NOTION_TOKEN',
      },
      secrets: ['VENDO_API_KEY', 'ANTHROPIC_API_KEY', 'NOTION_TOKEN'],
      warnings: [expect.objectContaining({ kind: 'auto_discovery_off', slug: 'elevenlabs' })],
    })
  })

  it.each([[[]], [[slack]]])('name nothing as injected when nothing was: %j', (connections) => {
    const { vars, secrets } = resolveDeploymentEnvVars({ connections, deployment })
    expect(Object.keys(vars)).toEqual(['VENDO_API_KEY', 'VENDO_BASE_URL', 'VENDO_DEPLOYMENT_ID'])
    expect(secrets).toEqual(['VENDO_API_KEY'])
  })

  it.each([{ id: ' ' }, { vendoApiKey: '' }, { brokerUrl: '' }, { brokerUrl: 'ftp://127.0.0.1' }])(
    'need a whole deployment, not one with %j',
    (changes) => {
      const act = () => resolveDeploymentEnvVars({ connections: [], deployment: { ...deployment, ...changes } })
      expect(act).toThrow(expect.objectContaining({ code: 'validation_failed' }))
    },
  )
})

describe('a name that is claimed twice is an error that names both', () => {
  const one: Connection = { slug: 'one', profile: 'byok_static', credential: 'test-one' }
  const two: Connection = { slug: 'two', profile: 'byok_static', credential: 'test-two' }

  it('by two integrations', () => {
    const integrations = [claiming('one', 'SHARED_TOKEN'), claiming('two', 'SHARED_TOKEN')]
    const act = () => resolveDeploymentEnvVars({ connections: [one, two], deployment, integrations })
    expect(act).toThrow(expect.objectContaining({ code: 'validation_failed' }))
    expect(act).toThrow(/SHARED_TOKEN.*one.*two/)
  })

  it('by two connections to one integration', () => {
    const act = () => resolveDeploymentEnvVars({ connections: [notion, notion], deployment })
    expect(act).toThrow(/NOTION_TOKEN.*notion.*notion/)
  })

  it.each(['VENDO_API_KEY', 'VENDO_INJECTED'])('by an integration and Vendo itself: %s', (name) => {
    const integrations = [claiming('one', name)]
    const act = () => resolveDeploymentEnvVars({ connections: [one], deployment, integrations })
    expect(act).toThrow(expect.objectContaining({ code: 'validation_failed' }))
  })
})
