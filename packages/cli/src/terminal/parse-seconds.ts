import { InvalidArgumentError } from 'commander'

const mostSeconds = 3600

/** Whole seconds, up to an hour; 0 is no time at all. */
export const parseSeconds = (text: string): number => {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (seconds <= mostSeconds) return seconds
  throw new InvalidArgumentError(`It must be whole seconds, 0 to ${mostSeconds}.`)
}
