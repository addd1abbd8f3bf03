import { createVendoError } from '@vendo/contract'
import type { Route } from '@vendo/integrations/providers'
import type { Target } from './records.ts'

/**
 * A pooled credential sees the files of every tenant, and nobody has written down whose they are: routes that show what
 * belongs to a whole account need the tenant's own.
 *
 * @throws {VendoError} `binding_missing`
 */
export const assertOwnAccount = ({ provider, byok }: Pick<Target, 'provider' | 'byok'>, route: Route): void => {
  if (route.ownAccountOnly !== true || byok) return
  const { slug } = provider
  throw createVendoError(
    `${route.method} ${route.path} of ${slug} does not work on a key that several tenants share.`,
    {
      code: 'binding_missing',
      slug,
      suggestedFix: `Connect an account of your own with \`vendo connect ${slug}\` and bind it to the app; if another connection is bound too, name this one in X-Vendo-Connection.`,
    },
  )
}
