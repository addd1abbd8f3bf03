/** One fenced block of a page. `line` is the line of its first line of code, counted from 1. */
export interface CodeBlock {
  readonly language: string
  readonly code: string
  readonly line: number
}

const fence = /^( {0,3})(`{3,}|~{3,})\s*([\w-]*)/

/** Every fenced block, in order; an unclosed one runs to the end of the page. */
export const readCodeBlocks = (page: string): readonly CodeBlock[] => {
  const blocks: CodeBlock[] = []
  let open: { readonly mark: string; readonly language: string; readonly start: number } | undefined
  const lines = page.split('\n')
  const close = (end: number): void => {
    if (open === undefined) return
    blocks.push({ language: open.language, code: lines.slice(open.start, end).join('\n'), line: open.start + 1 })
    open = undefined
  }
  for (const [index, line] of lines.entries()) {
    const [, , mark = '', language = ''] = fence.exec(line) ?? []
    if (open === undefined && mark !== '') open = { mark, language, start: index + 1 }
    else if (open !== undefined && mark.startsWith(open.mark) && language === '') close(index)
  }
  close(lines.length)
  return blocks
}

/** A link or image of a page. */
export interface PageLink {
  readonly target: string
  readonly line: number
}

const links = /\]\(\s*<?([^)\s>]+)>?[^)]*\)|\b(?:src|href|srcset)="([^"\s]+)"/g

/** Every link outside code, as written. */
export const readLinks = (page: string): readonly PageLink[] => {
  let fenced = false
  return page.split('\n').flatMap((line, index) => {
    if (fence.test(line)) fenced = !fenced
    if (fenced) return []
    const prose = line.replaceAll(/`[^`]*`/g, '')
    return [...prose.matchAll(links)].map((match) => ({ target: match[1] ?? match[2] ?? '', line: index + 1 }))
  })
}

/** The anchors that a page's headings make, as GitHub spells them. */
export const readAnchors = (page: string): ReadonlySet<string> => {
  const anchors = new Set<string>()
  for (const [, title = ''] of page.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    anchors.add(plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-'))
  }
  for (const [, id = ''] of page.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id)
  return anchors
}
