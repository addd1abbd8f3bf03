import { CliError } from '../terminal/cli-error.ts'

/** Oldest Node that runs a broker: it brings SQLite along, and runs the sources of a clone as they are. */
export const brokerNode = { major: 22, minor: 18 } as const

/** Whether this version of Node runs a broker. */
export const runsBroker = (version: string): boolean => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > brokerNode.major || (major === brokerNode.major && minor >= brokerNode.minor)
}

/**
 * The broker, loaded only where one is started: everything else of `vendo` works on older versions of Node, too.
 *
 * @throws {CliError} naming the version that is needed.
 */
export const loadBroker = async (): Promise<typeof import('@vendo/broker')> => {
  if (runsBroker(process.version)) return await import('@vendo/broker')
  throw new CliError(
    `A local broker needs Node ${brokerNode.major}.${brokerNode.minor} or newer; this is ${process.version}.`,
    'Use a newer Node, such as `npx -y -p node@24 -p @vendo/cli vendo dev`, or point VENDO_BASE_URL at a broker that runs elsewhere.',
  )
}
