import type { Ink, Tone } from './ink.ts'

/** One cell: a text and how it looks. A `string` is plain. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

/** A line of the table: cells, or one text that runs over the columns up to the last one. */
export type Row =
  | { readonly kind: 'cells'; readonly cells: readonly Cell[] }
  | { readonly kind: 'heading'; readonly text: string; readonly tone: Tone; readonly last: Cell }
  | { readonly kind: 'blank' }

/** What {@link alignColumns} lays out. The first column is left-aligned, the others right. */
export interface Table {
  readonly rows: readonly Row[]
  readonly columns: number
  /** Columns available. Gaps shrink from two to one before a line gets longer than this. */
  readonly width: number
  readonly ink: Ink
}

const textOf = (cell: Cell | undefined): string => (typeof cell === 'object' ? cell.text : (cell ?? ''))
const toneOf = (cell: Cell | undefined): Tone => (typeof cell === 'object' ? cell.tone : 'plain')

/** Aligned lines without trailing blanks, and how wide they are. Headings too long for the table are cut with `...`. */
export const alignColumns = (table: Table): { readonly lines: readonly string[]; readonly width: number } => {
  const widths = columnWidths(table)
  const content = widths.reduce((total, width) => total + width, 0)
  const gaps = table.columns - 1
  const gap = content + gaps * 2 > table.width ? 1 : 2
  // What is left over separates the names from the numbers, up to a comfortable distance.
  const spare = Math.max(0, Math.min(6, table.width - content - gaps * gap))
  widths[0] = (widths[0] ?? 0) + spare
  const width = content + spare + gaps * gap
  return { lines: table.rows.map((row) => drawRow(row, { ...table, widths, gap, width })), width }
}

const columnWidths = ({ rows, columns }: Table): number[] =>
  Array.from({ length: columns }, (_, column) =>
    Math.max(
      0,
      ...rows.map((row) => {
        if (row.kind === 'cells') return textOf(row.cells[column]).length
        return row.kind === 'heading' && column === columns - 1 ? textOf(row.last).length : 0
      }),
    ),
  )

interface Layout extends Table {
  readonly widths: readonly number[]
  readonly gap: number
}

const drawRow = (row: Row, { columns, widths, gap, width, ink }: Layout): string => {
  if (row.kind === 'blank') return ''
  if (row.kind === 'heading') {
    const lastWidth = widths[columns - 1] ?? 0
    const room = Math.max(12, width - lastWidth - gap)
    const text = row.text.length > room ? `${row.text.slice(0, room - 3)}...` : row.text
    const last = textOf(row.last)
    const padding = ' '.repeat(Math.max(1, width - text.length - last.length))
    return last === ''
      ? ink.paint(row.tone, text)
      : ink.paint(row.tone, text) + padding + ink.paint(toneOf(row.last), last)
  }
  const drawn = row.cells.map((cell, column) => {
    const text = textOf(cell)
    const padding = ' '.repeat((widths[column] ?? 0) - text.length)
    const painted = ink.paint(toneOf(cell), text)
    return column === 0 ? painted + padding : padding + painted
  })
  return drawn.join(' '.repeat(gap)).trimEnd()
}
