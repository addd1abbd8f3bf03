import { findProvider, type Provider } from '@vendo/integrations/providers'

const require = (slug: string): Provider => {
  const provider = findProvider(slug)
  if (provider === undefined) throw new Error(`the catalog has no provider ${slug}`)
  return provider
}

export const anthropic = require('anthropic')
export const openai = require('openai')
export const openrouter = require('openrouter')
