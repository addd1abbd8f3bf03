import { mentionsVendoKey } from '@vendo/contract'

/** A URL that is encoded more often than this is decoded by nobody. */
const maxDecodings = 4

/** Whether a part of a URL has a Vendo key in it, in any case and however often its characters are percent-encoded. */
export const carriesVendoKey = (text: string): boolean => {
  let seen = text
  for (let round = 0; ; round++) {
    if (mentionsVendoKey(seen) || mentionsVendoKey(seen.toLowerCase())) return true
    if (round === maxDecodings || !seen.includes('%')) return false
    // Byte for byte, because one malformed sequence elsewhere must not hide the rest.
    const decoded = seen.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    if (decoded === seen) return false
    seen = decoded
  }
}
