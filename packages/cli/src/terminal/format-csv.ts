/** Lines of comma-separated values, quoted where needed (RFC 4180). */
export const formatCsv = (lines: readonly (readonly string[])[]): string =>
  lines.map((cells) => `${cells.map(quote).join(',')}\r\n`).join('')

const quote = (cell: string): string => {
  // A spreadsheet would run what starts like a formula.
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
