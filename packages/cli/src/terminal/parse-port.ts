import { InvalidArgumentError } from 'commander'

/** A TCP port; 0 lets the system choose. */
export const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError('It must be a port, 0 to 65535.')
}
