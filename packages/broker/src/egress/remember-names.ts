const mostNames = 1_000
const longestName = 64

/**
 * Works out once what follows from a header's name: the same few names come and go again and again. What a client invents
 * beyond a bounded number of them is worked out each time.
 */
export const rememberNames = <T>(judge: (name: string) => T): ((name: string) => T) => {
  const known = new Map<string, T>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const judged = judge(name)
    if (known.size < mostNames && name.length <= longestName) known.set(name, judged)
    return judged
  }
}
