import { createVendoError } from '@vendo/contract'
import { rememberNames } from '../egress/remember-names.ts'

/** Each promises something that is not built: ignored, every poll of an async job would be a new paid call. */
const promising = ['x-bf-async', 'x-bf-cache-', 'x-bf-cache', 'x-vendo-async', 'x-vendo-cache']

/**
 * Refuses a request that asks, in a header, for what the broker does not have.
 *
 * @param rawHeaders Node's flat name, value list.
 * @throws {VendoError} `not_supported`, naming the header.
 */
export const assertBuilt = (rawHeaders: readonly string[]): void => {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (!promises(name)) continue
    const what = name.toLowerCase().includes('cache') ? 'an answer from a cache' : 'an answer that is fetched later'
    throw createVendoError(`The header ${name.toLowerCase().slice(0, 60)} asks for ${what}, which is not built yet.`, {
      code: 'not_supported',
      suggestedFix: 'Leave the header out: the call is then answered at once, by the provider.',
    })
  }
}

const promises = rememberNames((rawName) => {
  const name = rawName.toLowerCase()
  return promising.some((start) => name === start || name.startsWith(start.endsWith('-') ? start : `${start}-`))
})
