import { expect, it } from 'vitest'
import { renderSvg } from './render-svg.ts'

const texts = (text: string): readonly string[] =>
  renderSvg(text, 80)
    .split('\n')
    .filter((line) => line.startsWith('<text'))
    .map((line) => line.replace(/ y="\d+" textLength="[\d.]+"/, ''))

it.each([
  ['plain text', 'total', ['<text x="16.0">total</text>']],
  ['a column', '  $1', ['<text x="31.6">$1</text>']],
  [
    'a colour, until it is reset',
    '\u001b[1mThe\u001b[0m bill',
    ['<text x="16.0" class="b">The</text>', '<text x="47.2">bill</text>'],
  ],
  [
    'a colour that goes on in the next line',
    '\u001b[33ma\nb\u001b[39m',
    ['<text x="16.0" class="y">a</text>', '<text x="16.0" class="y">b</text>'],
  ],
  [
    'two looks at once',
    '\u001b[1;32mok\u001b[22m!',
    ['<text x="16.0" class="b g">ok</text>', '<text x="31.6" class="g">!</text>'],
  ],
  ['what XML would take for its own', 'a < b & c', ['<text x="16.0">a &lt; b &amp; c</text>']],
])('draws %s', (_, text, drawn) => {
  expect(texts(text)).toEqual(drawn)
})
