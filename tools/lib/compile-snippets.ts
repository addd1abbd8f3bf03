import { join } from 'node:path'
import ts from 'typescript'
import { root } from './workspace.ts'

/** A piece of TypeScript that stands in a page. */
export interface Snippet {
  /** The page, relative to the repository. */
  readonly page: string
  /** The line of the page where the code begins. */
  readonly line: number
  readonly code: string
}

const readOptions = (): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root)
  // A reader's project is stricter or laxer than ours in taste, never in truth: these three are taste.
  return {
    ...options,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
  }
}

const isMissingName = (diagnostic: ts.Diagnostic): boolean => diagnostic.code === 2304

/**
 * Type-checks each snippet as a module of the `examples` workspace, packages by their sources. Returns one line per error,
 * at the page's own line.
 */
export const compileSnippets = (snippets: readonly Snippet[]): readonly string[] => {
  const options = readOptions()
  const host = ts.createCompilerHost(options)
  const virtual = new Map(snippets.map((snippet, index) => [join(root, 'examples', `snippet-${index}.ts`), snippet]))
  const textOf = (path: string): string | undefined => {
    const snippet = virtual.get(path)
    return snippet === undefined ? undefined : `${snippet.code}\nexport {}\n`
  }
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => virtual.has(path) || fileExists(path)
  host.readFile = (path) => textOf(path) ?? readFile(path)
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = textOf(path)
    return text === undefined
      ? getSourceFile(path, languageVersion, ...rest)
      : ts.createSourceFile(path, text, languageVersion, true)
  }
  const program = ts.createProgram([...virtual.keys()], options, host)
  return [...virtual].flatMap(([path, snippet]) => {
    const file = program.getSourceFile(path)
    if (file === undefined) return [`${snippet.page}:${snippet.line} could not be read`]
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
      const line = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + snippet.line
      const hint = isMissingName(diagnostic) ? ' (a block must be complete: import or declare what it uses)' : ''
      return `${snippet.page}:${line} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}${hint}`
    })
  })
}
