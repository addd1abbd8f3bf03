import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Enough to be rare, and far below the 32 MB at which V8 begins to look at buffers itself. */
const bytesBetween = 8_000_000

type Collect = (options: { readonly type: 'minor' }) => void

let collect: Collect | undefined
let passed = 0

/**
 * Tells of so many bytes that passed through in buffers of their own. V8 counts the heap, where a buffer is next to nothing: it
 * lets 30 to 60 MB of them pile up, and then marks the whole heap to be rid of them. Asked once in every 8 MB for the young
 * ones alone, it takes about a millisecond; a 1 GB upload then adds less than 5 MB to the process instead of 50, and ends sooner.
 */
export const buffersPassed = (bytes: number): void => {
  passed += bytes
  if (passed < bytesBetween) return
  passed = 0
  collect ??= loadCollect()
  collect({ type: 'minor' })
}

/** Node has no other way to it. The flag counts for contexts made from then on, so it is taken back at once. */
const loadCollect = (): Collect => {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  return isCollect(found) ? found : () => undefined
}

const isCollect = (found: unknown): found is Collect => typeof found === 'function'
