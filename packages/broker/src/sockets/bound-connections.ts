import type { Socket } from 'node:net'

/** Lets a new connection in, or closes it. */
export type BoundConnections = (socket: Socket) => void

/**
 * Closes a new connection of an address that has `maxPerAddress` open ones. An IPv6 address counts by its first 64 bits,
 * because one client usually has all of those.
 */
export const createBoundConnections = (maxPerAddress: number): BoundConnections => {
  const openOf = new Map<string, number>()
  return (socket) => {
    const source = sourceOf(socket.remoteAddress ?? '')
    const before = openOf.get(source) ?? 0
    if (before >= maxPerAddress) {
      socket.destroy()
      return
    }
    openOf.set(source, before + 1)
    socket.once('close', () => {
      const left = (openOf.get(source) ?? 1) - 1
      if (left === 0) openOf.delete(source)
      else openOf.set(source, left)
    })
  }
}

/** IPv4 whole, IPv6 by its network. */
export const sourceOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(8 - groups.length - rest.length, 0) }, () => '0')
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':')
}
