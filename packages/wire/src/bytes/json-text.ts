import { ascii } from './ascii.ts'

/** Deeper nesting than any API uses is refused, so that a hostile body costs no memory. */
export const deepest = 1000

/** Brackets that are open in the walk under way. Walks are synchronous and never nested, so one stack serves them all. */
const open = new Uint8Array(deepest)

/** Index of the first character from `position` on that is not JSON white space. */
export const skipSpace = (json: string, position: number): number => {
  let index = position
  while (index < json.length && isSpace(json.charCodeAt(index))) index++
  return index
}

const isSpace = (code: number): boolean =>
  code <= ascii.space &&
  (code === ascii.space || code === ascii.lineFeed || code === ascii.carriageReturn || code === ascii.tab)

/**
 * Index of the quote that closes the string opened at `start`, or -1 if the text ends before it. Text has a native search that
 * costs next to nothing to call, unlike that of bytes: strings are jumped over, however long or short.
 */
export const endOfString = (json: string, start: number): number => {
  let quote = json.indexOf('"', start + 1)
  while (quote >= 0 && isEscaped(json, quote, start)) quote = json.indexOf('"', quote + 1)
  return quote
}

const isEscaped = (json: string, quote: number, start: number): boolean => {
  let index = quote - 1
  while (index > start && json.charCodeAt(index) === ascii.backslash) index--
  return (quote - 1 - index) % 2 === 1
}

/** Index after the value that starts at `position`, or -1 if it does not end. Scalars are not checked, nesting is. */
export const endOfValue = (json: string, position: number): number => {
  if (position >= json.length) return -1
  const code = json.charCodeAt(position)
  if (code === ascii.quote) {
    const quote = endOfString(json, position)
    return quote < 0 ? -1 : quote + 1
  }
  return code === ascii.openBrace || code === ascii.openBracket
    ? endOfContainer(json, position)
    : endOfScalar(json, position)
}

const endOfScalar = (json: string, position: number): number => {
  let index = position
  while (index < json.length && isScalarCode(json.charCodeAt(index))) index++
  return index === position ? -1 : index
}

/** Letters, digits, `+`, `-` and `.`: all that numbers, `true`, `false` and `null` are made of. */
const isScalarCode = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2b ||
  code === 0x2d ||
  code === 0x2e ||
  code === 0x45

const endOfContainer = (json: string, position: number): number => {
  let depth = 0
  for (let index = position; index < json.length; index++) {
    const code = json.charCodeAt(index)
    if (code === ascii.quote) {
      index = endOfString(json, index)
      if (index < 0) return -1
    } else if (opens(code)) {
      if (depth === deepest) return -1
      open[depth++] = code
    } else if (closes(code)) {
      depth--
      if (open[depth] !== code - 2) return -1
      if (depth === 0) return index + 1
    }
  }
  return -1
}

/** Whether a character is an opening bracket. One bit tells `[` from `{` and `]` from `}`; a closing one is its opening one plus 2. */
export const opens = (code: number): boolean => (code | 0x20) === ascii.openBrace

/** Whether a character is a closing bracket. */
export const closes = (code: number): boolean => (code | 0x20) === ascii.closeBrace
