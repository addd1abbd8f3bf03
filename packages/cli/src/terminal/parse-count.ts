import { InvalidArgumentError } from 'commander'

/** A whole number above 0. */
export const parseCount = (text: string): number => {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0
  if (count > 0) return count
  throw new InvalidArgumentError('It must be a whole number above 0.')
}
