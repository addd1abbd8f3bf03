import { InvalidArgumentError } from 'commander'

/** A decimal number of US dollars, per million tokens, per use or per second of sound; 0 is a rate, too. */
export const parseRate = (text: string): string => {
  if (/^\d{1,7}(\.\d{1,12})?$/.test(text)) return text
  throw new InvalidArgumentError('It must be a decimal number of US dollars, such as 2.50.')
}
