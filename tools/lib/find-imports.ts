import ts from 'typescript'

/** One import, export-from, dynamic import, require or import type of a file. */
export interface FoundImport {
  readonly specifier: string
  /** Whether it disappears when types are stripped; `import { type A }` does not, `import type { A }` does. */
  readonly typeOnly: boolean
  readonly node: ts.Node
}

const isModuleCall = (node: ts.CallExpression): boolean =>
  node.expression.kind === ts.SyntaxKind.ImportKeyword ||
  (ts.isIdentifier(node.expression) && node.expression.text === 'require')

const readImport = (node: ts.Node): FoundImport | undefined => {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.importClause?.isTypeOnly ?? false, node }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, node }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true, node }
  }
  if (ts.isCallExpression(node) && isModuleCall(node)) {
    const [specifier] = node.arguments
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      return { specifier: specifier.text, typeOnly: false, node }
    }
  }
  return undefined
}

/** Every module that a file names, in source order. */
export const findImports = (file: ts.SourceFile): readonly FoundImport[] => {
  const found: FoundImport[] = []
  const visit = (node: ts.Node): void => {
    const one = readImport(node)
    if (one !== undefined) found.push(one)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
