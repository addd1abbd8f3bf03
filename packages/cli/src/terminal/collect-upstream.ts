import { InvalidArgumentError } from 'commander'
import { proxiedSlugs } from '../env/find-provider-keys.ts'

/** Adds one `slug=origin` to those that were named before: where the calls of an integration go. */
export const collectUpstream = (
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const [slug = '', ...rest] = text.split('=')
  const origin = rest.join('=')
  if (!proxiedSlugs.includes(slug) || origin === '') {
    throw new InvalidArgumentError(`It must be slug=origin, where the slug is one of ${proxiedSlugs.join(', ')}.`)
  }
  return { ...before, [slug]: origin }
}
