import { createVendoError } from '@vendo/contract'

/** Which names a broker answers to. */
export interface TrustedHostInput {
  /** The address that it listens on. */
  readonly listensOn: string
  readonly publicUrl: string | undefined
  readonly proxyDomain: string | undefined
}

/** Checks the `Host` of a request; @throws {VendoError} `host_refused` */
export type AssertTrustedHost = (host: string | undefined) => void

/**
 * A page on the web can have its own name resolve to this machine (DNS rebinding), and is then of one origin with a broker on a
 * loopback address. Such a broker answers only to names that nobody else can own: those of loopback, and its operator's. On any
 * other address the network in front decides, and every name is answered.
 */
export const createTrustedHost = ({ listensOn, publicUrl, proxyDomain }: TrustedHostInput): AssertTrustedHost => {
  if (!isLoopbackName(listensOn)) return () => undefined
  const own = publicUrl === undefined ? undefined : nameOfHost(new URL(publicUrl).host)
  const domain = proxyDomain === undefined ? undefined : nameOfHost(proxyDomain)
  let lastTrusted: string | undefined
  return (host) => {
    // A client of HTTP/1.0 may send none; browsers always do.
    if (host === undefined || host === lastTrusted) return
    const name = nameOfHost(host)
    const trusted =
      isLoopbackName(name) ||
      (own !== undefined && name === own) ||
      (domain !== undefined && (name === domain || name.endsWith(`.${domain}`) || name.endsWith(`-proxy.${domain}`)))
    if (!trusted) {
      throw createVendoError(`This broker does not answer to the name ${JSON.stringify(host.slice(0, 100))}.`, {
        code: 'host_refused',
      })
    }
    lastTrusted = host
  }
}

const nameOfHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

/** `::1` may come without its brackets, as an address to listen on does. */
const isLoopbackName = (name: string): boolean =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '::1' ||
  /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
