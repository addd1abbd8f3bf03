import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net'
import { type ConnectionOptions, connect as connectSecurely } from 'node:tls'

/** Where connections go. */
export interface Destination {
  readonly secure: boolean
  /** A name or an address, without brackets. */
  readonly hostname: string
  readonly port: number
  /** For the `host` header. */
  readonly host: string
}

/** The destination of an origin such as `https://api.example.com`. */
export const destinationOf = (origin: string): Destination => {
  const { protocol, hostname, port, host } = new URL(origin)
  const secure = protocol === 'https:'
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    host,
  }
}

/** What the bytes of a connection are read into, and who is told. */
export interface ReadInto {
  /** Asked before the first read and after each. */
  readonly buffer: () => Buffer
  /** `length` bytes are in the buffer that was given last. */
  readonly callback: (length: number, buffer: Uint8Array) => boolean
}

/** What a new connection is made from. */
export interface DialInput {
  readonly destination: Destination
  readonly onread: ReadInto
  /** Of an earlier connection to the same place, which shortens the handshake. */
  readonly session: Buffer | undefined
}

/** How long a connection is silent before the kernel asks whether the other side is still there. */
const probeAfterMs = 60_000

/**
 * Begins to connect. Certificates are checked as Node does by default, `NODE_EXTRA_CA_CERTS` included. The socket alone
 * keeps no process alive: whoever waits for an answer has a reason of their own to be there.
 */
export const dial = ({ destination, onread, session }: DialInput): Socket => {
  const { secure, hostname, port } = destination
  const place: TcpNetConnectOpts = { host: hostname, port, onread }
  const socket = secure ? connectSecurely({ ...place, ...tlsOptions(hostname, session) }) : connect(place)
  return socket.setNoDelay(true).setKeepAlive(true, probeAfterMs).unref()
}

const tlsOptions = (hostname: string, session: Buffer | undefined): ConnectionOptions => ({
  ...(session && { session }),
  // RFC 6066, section 3: addresses are not sent as names.
  servername: isIP(hostname) === 0 ? hostname : '',
  ALPNProtocols: ['http/1.1'],
})
