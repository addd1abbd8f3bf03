import { createVendoError } from '@vendo/contract'
import { catalog } from '../catalog.gen.ts'
import type { KnownSlug } from '../env-table.gen.ts'
import { closestName } from './closest-name.ts'
import type { Integration } from './define-integration.ts'

/** A slug of the catalog, with completion, or any other string. */
export type Slug = KnownSlug | (string & {})

/** Whether a string is a slug of the catalog. */
export const isKnownSlug = (slug: string): slug is KnownSlug => Object.hasOwn(catalog, slug)

/**
 * The catalog entry of a slug.
 *
 * @throws {VendoError} `provider_unknown`, with the nearest slug if there is one.
 */
export const findIntegration = (slug: Slug): Integration => {
  if (isKnownSlug(slug)) return catalog[slug]
  const nearest = closestName(slug, Object.keys(catalog))
  throw createVendoError(`there is no integration ${JSON.stringify(slug)}`, {
    code: 'provider_unknown',
    slug,
    suggestedFix:
      nearest === undefined
        ? `Use one of ${Object.keys(catalog).join(', ')}.`
        : `Did you mean ${JSON.stringify(nearest)}?`,
  })
}
