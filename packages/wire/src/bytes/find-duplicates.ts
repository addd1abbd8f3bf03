import { ascii } from './ascii.ts'
import { closes, deepest, endOfString, opens } from './json-text.ts'

/** Past this many the rest is not named: no client needs them all, and the first decides. */
const maxNamed = 1000

/** Steps of a path that are written out: more than any API has. */
const maxSteps = 40

/** One object or list that is open. */
interface Open {
  /** The keys so far, and whether each has been found to stand twice; of a list, none. */
  readonly keys: Map<string, boolean> | undefined
  /** Where the walk is: the key or the index. */
  at: string | number
}

/**
 * The members that valid JSON text writes twice in one object, at any depth, as paths such as `tools[0].type`, each once; one
 * pass over the text. `undefined` for nesting too deep to look through. Past a thousand the last path is `…`.
 */
export const findDuplicates = (json: string): readonly string[] | undefined => {
  const found = new Set<string>()
  const stack: Open[] = []
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index)
    const top = stack.at(-1)
    if (code === ascii.quote) {
      const end = endOfString(json, index)
      if (end < 0) return undefined
      if (top?.keys !== undefined && isKey(json, end)) {
        top.at = readKey(json, index, end)
        const twice = top.keys.get(top.at)
        if (twice === false) addPath(found, stack)
        top.keys.set(top.at, twice !== undefined)
      }
      index = end
    } else if (code === ascii.comma) {
      if (typeof top?.at === 'number') top.at++
    } else if (opens(code)) {
      if (stack.length === deepest) return undefined
      stack.push(code === ascii.openBrace ? { keys: new Map(), at: '' } : { keys: undefined, at: 0 })
    } else if (closes(code)) stack.pop()
  }
  return [...found]
}

/** In valid JSON only a key is followed by a colon. */
const isKey = (json: string, end: number): boolean => {
  let index = end + 1
  while (json.charCodeAt(index) <= ascii.space) index++
  return json.charCodeAt(index) === ascii.colon
}

const readKey = (json: string, start: number, end: number): string => {
  const key = json.slice(start + 1, end)
  return key.includes('\\') ? String(JSON.parse(`"${key}"`)) : key
}

const addPath = (found: Set<string>, stack: readonly Open[]): void => {
  if (found.size < maxNamed) found.add(pathOf(stack))
  else found.add('…')
}

const pathOf = (stack: readonly Open[]): string => {
  let path = ''
  for (const { at } of stack.slice(0, maxSteps)) {
    if (typeof at === 'number') path += `[${at}]`
    else path += path === '' ? shorten(at) : `.${shorten(at)}`
  }
  return stack.length > maxSteps ? `${path}.…` : path
}

const shorten = (key: string): string => (key.length > 100 ? `${key.slice(0, 100)}…` : key)
