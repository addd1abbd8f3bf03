import { InvalidArgumentError } from 'commander'

/** The members of a comma list. */
export const parseList = (text: string): readonly string[] => {
  const members = text.split(',').map((member) => member.trim())
  if (members.every((member) => member !== '')) return members
  throw new InvalidArgumentError('It must be a list such as a,b.')
}
