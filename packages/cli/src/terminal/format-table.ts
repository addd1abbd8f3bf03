import { stripVTControlCharacters } from 'node:util'

/** One column of a table. */
export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** Lines of a table with columns two spaces apart. Cells may be coloured. Without rows there is the head alone. */
export const formatTable = (columns: readonly Column[], rows: readonly (readonly string[])[]): string => {
  const lines = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))))
  return lines
    .map((line) => columns.map(({ align }, index) => pad(line[index] ?? '', widths[index] ?? 0, align)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

const widthOf = (cell: string): number => stripVTControlCharacters(cell).length

const pad = (cell: string, width: number, align: Column['align']): string => {
  const space = ' '.repeat(width - widthOf(cell))
  return align === 'right' ? space + cell : cell + space
}
