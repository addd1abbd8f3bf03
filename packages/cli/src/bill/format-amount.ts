import { type Nanos, usdFromNanos } from '@vendo/contract'

/** A whole number with thousands separators. */
export const formatCount = (count: number | bigint): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** Decimal places that the amounts need to stand exactly under each other; two at least. */
export const placesOf = (amounts: readonly Nanos[]): number =>
  Math.max(2, ...amounts.map((nanos) => usdFromNanos(nanos).split('.')[1]?.length ?? 0))

/** Exact US dollars, such as `$1,204.50`; padded with zeros to `places`. Nothing is ever rounded. */
export const formatUsd = (nanos: Nanos, places = 2): string => {
  const [whole = '0', fraction = ''] = usdFromNanos(nanos < 0n ? -nanos : nanos).split('.')
  return `${nanos < 0n ? '-' : ''}$${formatCount(BigInt(whole))}.${fraction.padEnd(places, '0')}`
}

/** A rate as the table writes it, with two decimals at least: `"0.5"` is `$0.50`. */
export const formatRate = (usd: string): string => {
  const [whole = '0', fraction = ''] = usd.split('.')
  return `$${whole}.${fraction.padEnd(2, '0')}`
}

/** A margin fraction as a percentage: `"0.2"` is `+20%`, `"0.125"` is `+12.5%`. Exact. */
export const formatMargin = (fraction: string): string => {
  const [whole = '0', decimals = ''] = fraction.replace(/^-/, '').split('.')
  const padded = decimals.padEnd(2, '0')
  const rest = padded.slice(2).replace(/0+$/, '')
  const percent = `${BigInt(whole + padded.slice(0, 2))}${rest === '' ? '' : `.${rest}`}`
  return `${fraction.startsWith('-') ? '-' : '+'}${percent}%`
}

/** A duration in whole milliseconds below a second, in hundredths of a second above. */
export const formatDuration = (milliseconds: number): string =>
  milliseconds < 999.5 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`
