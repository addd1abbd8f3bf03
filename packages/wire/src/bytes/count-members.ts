import { ascii } from './ascii.ts'
import { closes, deepest, endOfString, opens } from './json-text.ts'

/**
 * How many members valid JSON text writes, at any depth and each as often as it stands: more than its parsed form has where
 * something stands twice. -1 for nesting too deep to look through.
 */
export const countMembers = (json: string): number => {
  let count = 0
  let depth = 0
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index)
    if (code === ascii.quote) {
      index = endOfString(json, index)
      if (index < 0) return -1
    } else if (code === ascii.colon) count++
    else if (opens(code)) {
      if (depth === deepest) return -1
      depth++
    } else if (closes(code)) depth--
  }
  return count
}
