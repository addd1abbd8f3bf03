/** Whether a name matches a glob in which `*` stands for any run of characters, and nothing else is special. */
export const matchGlob = (glob: string, name: string): boolean => {
  const [first = '', ...rest] = glob.split('*')
  if (rest.length === 0) return glob === name
  if (!name.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let position = first.length
  for (const part of rest) {
    const found = name.indexOf(part, position)
    if (found < 0) return false
    position = found + part.length
  }
  return name.length - last.length >= position && name.endsWith(last)
}
