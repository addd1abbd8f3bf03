/** Breaks lines between words, although the text comes in pieces. */
export interface WordWrap {
  write(text: string): void
  /** Writes what is held back: the last word may have been only its beginning. */
  end(): void
}

/** Wraps at `width` columns. A word longer than a line stays whole. */
export const createWordWrap = (width: number, write: (text: string) => void): WordWrap => {
  let column = 0
  let gap = ''
  let word = ''
  const flush = () => {
    if (word === '') return
    const fits = column === 0 || column + gap.length + word.length <= width
    write(fits ? gap + word : `\n${word}`)
    column = fits ? column + gap.length + word.length : word.length
    gap = ''
    word = ''
  }
  return {
    write: (text) => {
      for (const character of text) {
        if (character !== ' ' && character !== '\n') {
          word += character
          continue
        }
        flush()
        if (character === ' ') gap += character
        else {
          write('\n')
          column = 0
          gap = ''
        }
      }
    },
    end: flush,
  }
}
