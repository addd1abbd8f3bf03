import { describe, expect, it } from 'vitest'
import { compileSnippets } from './compile-snippets.ts'
import { readAnchors, readCodeBlocks, readLinks } from './read-markdown.ts'

describe('readCodeBlocks', () => {
  it('gives language, code and line of each block', () => {
    const page = 'Text\n```ts\nconst a = 1\n```\n````md\n```sh\nls\n```\n````\n```\nplain\n```'
    expect(readCodeBlocks(page)).toEqual([
      { language: 'ts', code: 'const a = 1', line: 3 },
      { language: 'md', code: '```sh\nls\n```', line: 6 },
      { language: '', code: 'plain', line: 11 },
    ])
  })
})

describe('readLinks', () => {
  it('finds links and images outside code', () => {
    const page = '[a](x.md#y) `[b](no.md)`\n```\n[c](no.md)\n```\n![d](<w.png>) <img src="z.svg">'
    expect(readLinks(page)).toEqual([
      { target: 'x.md#y', line: 1 },
      { target: 'w.png', line: 5 },
      { target: 'z.svg', line: 5 },
    ])
  })
})

describe('readAnchors', () => {
  it.each([
    ['## Add a wire format', 'add-a-wire-format'],
    ["# What's `vendo run`?", 'whats-vendo-run'],
    ['### [Linked](x.md) one', 'linked-one'],
  ])('%s', (heading, anchor) => {
    expect([...readAnchors(heading)]).toEqual([anchor])
  })
})

describe('compileSnippets', () => {
  it('reports an error at the line of the page, and says that a block must be complete', () => {
    const findings = compileSnippets([
      { page: 'good.md', line: 3, code: "const a: string = 'a'\nawait Promise.resolve(a)" },
      { page: 'bad.md', line: 10, code: 'const a = 1\nconst b: string = a' },
      { page: 'open.md', line: 5, code: 'missing()' },
    ])
    expect(findings).toHaveLength(2)
    expect(findings[0]).toMatch(/^bad\.md:11 Type 'number'/)
    expect(findings[1]).toMatch(/^open\.md:5 .*a block must be complete/)
  })
})
