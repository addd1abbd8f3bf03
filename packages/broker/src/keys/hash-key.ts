import { hash } from 'node:crypto'

/**
 * SHA-256 of a presented key, hex: the only form in which the store knows a key. A plain hash is enough, because a key
 * holds 190 random bits and cannot be guessed from it.
 */
export const hashKey = (key: string): string => hash('sha256', key, 'hex')
