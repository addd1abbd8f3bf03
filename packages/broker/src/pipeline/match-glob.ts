/** Whether a name matches a glob in which `*` stands for any run of characters, and nothing else is special. */
export const matchGlob = (glob: string, name: string): boolean => {
  const star = glob.indexOf('*')
  if (star < 0) return glob === name
  if (star === glob.length - 1) return name.startsWith(glob.slice(0, star))
  const [first = '', ...rest] = glob.split('*')
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
