const formData = 'multipart/form-data'

const parameter = /[ \t]*;[ \t]*([^\s;="]+)=("[^"]*"|[^\s;"]*)/y

/** @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const boundaryPattern = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/

/** The boundary that a `Content-Type` names; `undefined` unless it is a form with exactly one that every reader sees alike. */
export const readBoundary = (contentType: string): string | undefined => {
  if (contentType.slice(0, formData.length).toLowerCase() !== formData) return undefined
  const values = new Map<string, string>()
  parameter.lastIndex = formData.length
  while (parameter.lastIndex < contentType.length) {
    const [, name, value] = parameter.exec(contentType) ?? []
    const key = name?.toLowerCase()
    if (key === undefined || value === undefined || values.has(key)) return undefined
    values.set(key, value.startsWith('"') ? value.slice(1, -1) : value)
  }
  const boundary = values.get('boundary')
  return boundary !== undefined && boundaryPattern.test(boundary) ? boundary : undefined
}
