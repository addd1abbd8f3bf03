import { expect, it } from 'vitest'
import { createWordWrap } from './word-wrap.ts'

const wrapped = (width: number, pieces: readonly string[]): string => {
  let text = ''
  const wrap = createWordWrap(width, (piece) => {
    text += piece
  })
  for (const piece of pieces) wrap.write(piece)
  wrap.end()
  return text
}

it.each([
  ['breaks between words', 10, ['one two three four'], 'one two\nthree four'],
  ['joins a word that came in pieces', 10, ['one tw', 'o thr', 'ee'], 'one two\nthree'],
  ['keeps the line breaks of the text', 10, ['one\ntwo\n\n', 'three'], 'one\ntwo\n\nthree'],
  ['keeps a word whole that is longer than a line', 5, ['a endlessly b'], 'a\nendlessly\nb'],
  ['keeps the spaces inside a line', 20, ['  a   b'], '  a   b'],
  ['fills a line to its last column', 7, ['one two three'], 'one two\nthree'],
])('%s', (_, width, pieces, text) => {
  expect(wrapped(width, pieces)).toBe(text)
})
