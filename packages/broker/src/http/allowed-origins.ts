import { createVendoError } from '@vendo/contract'

/**
 * Checks the origins whose pages an operator lets in.
 *
 * @throws {VendoError} `validation_failed` for `*`, `null`, and whatever else is not the origin of a page: scheme, host, port.
 */
export const parseAllowedOrigins = (origins: readonly string[]): ReadonlySet<string> => {
  for (const origin of origins) {
    const url = URL.canParse(origin) ? new URL(origin) : undefined
    if (url !== undefined && /^https?:$/.test(url.protocol) && url.origin === origin) continue
    throw createVendoError(`${JSON.stringify(origin)} cannot be an allowed origin.`, {
      code: 'validation_failed',
      suggestedFix: 'Name each origin as a browser sends it, such as https://app.example.com: no *, no path, no null.',
    })
  }
  return new Set(origins)
}
