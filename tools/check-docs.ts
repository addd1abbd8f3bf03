import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { compileSnippets, type Snippet } from './lib/compile-snippets.ts'
import { readAnchors, readCodeBlocks, readLinks } from './lib/read-markdown.ts'
import { report } from './lib/report.ts'
import { fromRoot, listFiles, root } from './lib/workspace.ts'

// Every `ts` block compiles and every relative link leads somewhere.
const pages = listFiles(['*.md', '.github/*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/**/*.md'])
const findings: string[] = []
const snippets: Snippet[] = []
let linkCount = 0

const isRelative = (target: string): boolean => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target)

const judgeLink = (page: string, target: string): string | undefined => {
  const [path = '', anchor] = decodeURI(target).split('#', 2)
  const file = path === '' ? join(root, page) : resolve(root, dirname(page), path)
  if (!existsSync(file)) return `links to ${target}, but ${fromRoot(file)} does not exist`
  if (anchor === undefined || anchor === '' || !file.endsWith('.md')) return undefined
  return readAnchors(readFileSync(file, 'utf8')).has(anchor)
    ? undefined
    : `links to ${target}, which has no such heading`
}

for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8')
  for (const { language, code, line } of readCodeBlocks(text)) {
    if (language === 'ts' || language === 'typescript') snippets.push({ page, line, code })
  }
  for (const { target, line } of readLinks(text).filter((link) => isRelative(link.target))) {
    linkCount += 1
    const problem = judgeLink(page, target)
    if (problem !== undefined) findings.push(`${page}:${line} ${problem}`)
  }
}
findings.push(...compileSnippets(snippets))

report({
  check: 'docs',
  findings,
  remedy:
    'Correct the page: each `ts` block must compile on its own against the sources, and each link must lead somewhere.',
  facts: [`${pages.length} pages, ${snippets.length} ts blocks, ${linkCount} relative links`],
})
