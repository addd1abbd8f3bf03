import { isRawObject } from '../reader/answer-state.ts'

/**
 * The longest lifetime that any `cache_control` (or an advisor's `caching`) in a body asks for, wherever it stands. One that
 * stands where the provider does not look makes the bound larger, never smaller.
 */
export const dearestCacheWrite = (body: unknown): 'none' | '5m' | '1h' => {
  let found: 'none' | '5m' = 'none'
  const stack: unknown[] = [body]
  while (stack.length > 0) {
    const value = stack.pop()
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object' && item !== null) stack.push(item)
      continue
    }
    if (!isRawObject(value)) continue
    for (const key in value) {
      const member = value[key]
      if ((key === 'cache_control' || key === 'caching') && isRawObject(member)) {
        if (member['ttl'] === '1h') return '1h'
        found = '5m'
      } else if (typeof member === 'object' && member !== null) stack.push(member)
    }
  }
  return found
}
