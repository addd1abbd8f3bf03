import { decodeText } from '../bytes/ascii.ts'

/** What the headers of one part of a form say of it. */
export interface PartHead {
  readonly name: string
  readonly isFile: boolean
}

/** Tabs apart, no control character belongs into a line, the halves of a line end included. */
const control = /[^\P{Cc}\t]/u
const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*)$/
const disposition = /^form-data((?:[ \t]*;[ \t]*[^\s;="]+=(?:"[^"]*"|[^\s;"]*))*)[ \t]*$/i
const parameter = /[ \t]*;[ \t]*([^\s;="]+)=("[^"]*"|[^\s;"]*)/g
const plainEncodings: ReadonlySet<string> = new Set(['binary', '8bit', '7bit'])

/**
 * Reads the headers of a part, line ends included. `undefined` for whatever one reader could take for another name, or another
 * content, than the next one does: folded lines, names that are there twice, extended or escaped names, transfer encodings.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7578#section-4.2
 */
export const readPartHead = (bytes: Uint8Array): PartHead | undefined => {
  const lines = decodeText(bytes).split('\r\n')
  const values = new Map<string, string>()
  for (const line of lines.filter((each) => each !== '')) {
    const [, name, value] = control.test(line) ? [] : (headerLine.exec(line) ?? [])
    const key = name?.toLowerCase()
    if (key === undefined || value === undefined || values.has(key)) return undefined
    values.set(key, value)
  }
  const encoding = values.get('content-transfer-encoding')
  if (encoding !== undefined && !plainEncodings.has(encoding.trim().toLowerCase())) return undefined
  return readDisposition(values.get('content-disposition') ?? '')
}

const readDisposition = (value: string): PartHead | undefined => {
  // An escaped quote to some readers, to others the last one.
  const [, text] = value.includes('\\"') ? [] : (disposition.exec(value) ?? [])
  if (text === undefined) return undefined
  const parameters = new Map<string, string>()
  for (const [, rawName = '', rawValue = ''] of text.matchAll(parameter)) {
    const key = rawName.toLowerCase()
    if (parameters.has(key) || key.startsWith('name*')) return undefined
    parameters.set(key, rawValue.startsWith('"') ? rawValue.slice(1, -1) : rawValue)
  }
  const name = parameters.get('name')
  // A backslash is an escape to some readers and itself to others.
  if (name === undefined || name.includes('\\')) return undefined
  return { name, isFile: [...parameters.keys()].some((key) => key.startsWith('filename')) }
}
