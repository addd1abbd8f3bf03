/** A piece of a line with one look. */
interface Run {
  readonly text: string
  readonly column: number
  readonly classes: readonly string[]
}

const columnWidth = 7.8
const lineHeight = 17
const margin = 16

const classOfCode: Readonly<Record<string, string>> = { '1': 'b', '2': 'f', '32': 'g', '33': 'y' }
/** What each code ends, by class. */
const endedByCode: Readonly<Record<string, readonly string[]>> = { '22': ['b', 'f'], '39': ['g', 'y'] }

/**
 * Draws the text of a terminal with its colours (SGR escapes) as an SVG picture. Every piece has its own place, so that
 * columns stay aligned in any monospaced font.
 */
export const renderSvg = (text: string, columns: number): string => {
  const lines = readRuns(text)
  const width = Math.ceil(columns * columnWidth + 2 * margin)
  const height = lines.length * lineHeight + 2 * margin
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="npm start in a terminal">`,
    '<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d5d8de;white-space:pre}.b{font-weight:700;fill:#fff}.f{fill:#828a99}.g{fill:#7ec98f}.y{fill:#e2b85c}</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="#16181d"/>`,
    ...lines.flatMap((runs, row) => runs.map((run) => drawRun(run, row))),
    '</svg>\n',
  ].join('\n')
}

const drawRun = ({ text, column, classes }: Run, row: number): string => {
  const x = (margin + column * columnWidth).toFixed(1)
  const y = margin + row * lineHeight + 13
  const look = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
  const length = (text.length * columnWidth).toFixed(1)
  return `<text x="${x}" y="${y}" textLength="${length}"${look}>${escapeXml(text)}</text>`
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what a terminal's text is made of.
const escapes = /\u001b\[([\d;]*)m|\u001b[^m]*?[A-Za-z]/g

const readRuns = (text: string): readonly (readonly Run[])[] => {
  let classes: readonly string[] = []
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => {
      const runs: Run[] = []
      let column = 0
      const add = (piece: string) => {
        const lead = piece.length - piece.trimStart().length
        if (piece.trim() !== '') runs.push({ text: piece.trim(), column: column + lead, classes })
        column += piece.length
      }
      let from = 0
      for (const match of line.matchAll(escapes)) {
        add(line.slice(from, match.index))
        from = match.index + match[0].length
        for (const code of (match[1] ?? '').split(';')) classes = classesAfter(classes, code)
      }
      add(line.slice(from))
      return runs
    })
}

const classesAfter = (classes: readonly string[], code: string): readonly string[] => {
  if (code === '' || code === '0') return []
  const started = classOfCode[code]
  if (started !== undefined) return [...classes.filter((name) => name !== started), started]
  return classes.filter((name) => !endedByCode[code]?.includes(name))
}
