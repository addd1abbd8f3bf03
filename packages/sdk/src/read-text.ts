/**
 * The one rule for every setting, variable and token: trimmed text, or `undefined` for what is empty, whitespace or not
 * a string (Workers put bindings beside variables).
 */
export const readText = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return text === '' ? undefined : text
}
