import { Socket } from 'node:net'

/** A connection that a test tried to open to something other than this machine. */
export class NetworkRefused extends Error {
  readonly code = 'NETWORK_REFUSED'
  /** `host:port` as the caller wrote it. */
  readonly target: string

  constructor(target: string) {
    super(
      `A test opened a connection to ${target}. Tests reach loopback only: point the client at startScriptedUpstream().`,
    )
    this.name = 'NetworkRefused'
    this.target = target
  }
}

interface GuardState {
  refused: NetworkRefused[]
}

const guardKey = Symbol.for('vendo.testkit.loopback-only')
const registry = globalThis as { [guardKey]?: GuardState }

/** True for `localhost`, `*.localhost`, 127.0.0.0/8 and ::1 (also as a v4-mapped address). Resolves no name. */
export const isLoopbackHost = (host: string): boolean => {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name)
}

const targetOf = (args: readonly unknown[]): { host: string; port: string } | undefined => {
  // node:net hands its own connect() one pre-normalised array: [options, callback].
  const first = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof first === 'number')
    return { host: typeof args[1] === 'string' ? args[1] : 'localhost', port: String(first) }
  if (typeof first !== 'object' || first === null) return undefined
  const options = first as { path?: unknown; host?: unknown; port?: unknown }
  if (typeof options.path === 'string') return undefined
  return { host: typeof options.host === 'string' ? options.host : 'localhost', port: String(options.port) }
}

/**
 * Makes every TCP and TLS connection of this process that does not stay on this machine fail before a name is looked
 * up, and remembers it. `fetch`, undici, `node:http` and `node:https` all open sockets here, so one guard covers them.
 * Unix sockets pass. Child processes are not covered. Installing twice is the same as once.
 */
export const installLoopbackOnly = (): void => {
  if (registry[guardKey]) return
  const state: GuardState = { refused: [] }
  registry[guardKey] = state
  const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket
  const guarded = function (this: Socket, ...args: unknown[]): Socket {
    const target = targetOf(args)
    if (target === undefined || isLoopbackHost(target.host)) return connect.apply(this, args)
    const refusal = new NetworkRefused(`${target.host}:${target.port}`)
    state.refused.push(refusal)
    // As a refused connection would: later, so that node:tls can finish setting the socket up.
    Object.assign(this, { connecting: true })
    process.nextTick(() => this.destroy(refusal))
    return this
  }
  Socket.prototype.connect = guarded as typeof Socket.prototype.connect
}

/** The connections refused since the last call, oldest first; the list is emptied. A test of a refusal calls this. */
export const takeRefusedConnections = (): readonly NetworkRefused[] => registry[guardKey]?.refused.splice(0) ?? []
