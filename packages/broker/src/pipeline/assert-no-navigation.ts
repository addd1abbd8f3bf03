import type { IncomingMessage } from 'node:http'
import { createVendoError } from '@vendo/contract'

const documents = new Set(['document', 'iframe', 'frame', 'fencedframe', 'object', 'embed'])

/**
 * A provider's answer must never become a page on the broker's own origin, and a key that stands in a URL never travels
 * through a browser, which keeps URLs and passes them on.
 *
 * @throws {VendoError} `browser_refused`
 */
export const assertNoNavigation = ({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): void => {
  const mode = headers['sec-fetch-mode']
  const destination = headers['sec-fetch-dest']
  const names = Object.keys(headers).filter((name) => name.startsWith('sec-fetch-'))
  // Node's own fetch sends this one header and no other; a browser always sends several, or none.
  const fromServer = names.length === 1 && mode === 'cors' && headers.origin === undefined
  if (names.length === 0 || fromServer) return
  if (mode === 'navigate' || mode === 'nested-navigate' || documents.has(String(destination))) {
    throw createVendoError('A browser cannot open what a provider answers as a page.', { code: 'browser_refused' })
  }
  const mark = url.indexOf('?')
  if (mark >= 0 && hasKey(url.slice(mark + 1))) {
    throw createVendoError('A browser may not send a key in the URL, where it is kept and passed on.', {
      code: 'browser_refused',
      suggestedFix: 'Send it as `Authorization: Bearer vendo_sk_…`.',
    })
  }
}

const hasKey = (query: string): boolean =>
  query.split(/[&;]/).some((pair) => [...new URLSearchParams(pair).keys()].some((name) => name.toLowerCase() === 'key'))
