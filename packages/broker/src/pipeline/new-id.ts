import { randomFillSync } from 'node:crypto'

const idBytes = 12
/** Asking the system for random bytes costs far more than taking them: one question answers for many ids. */
const drawn = Buffer.alloc(idBytes * 256)
let used = drawn.length

/** A new id, unguessable. Ids begin with the time, so that calls are listed in the order in which they came as they are paged through. */
export const newId = (prefix: string): string => {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const random = drawn.toString('base64url', used, used + idBytes)
  used += idBytes
  return `${prefix}_${timeOf(Date.now())}${random}`
}

let lastMs = 0
let lastTime = ''

const timeOf = (ms: number): string => {
  if (ms !== lastMs) {
    lastMs = ms
    lastTime = ms.toString(36).padStart(9, '0')
  }
  return lastTime
}
