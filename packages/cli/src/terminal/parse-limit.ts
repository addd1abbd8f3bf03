import { parseCount } from './parse-count.ts'
import { parseUsd } from './parse-usd.ts'

/** Takes a limit away. A word rather than null, which commander would make an empty text of. */
export type None = 'none'

/** An amount of US dollars above 0, or `none`. */
export const parseUsdLimit = (text: string): string => (text === 'none' ? text : parseUsd(text))

/** A whole number above 0, or `none`. */
export const parseCountLimit = (text: string): number | None => (text === 'none' ? text : parseCount(text))
