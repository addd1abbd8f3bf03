import ts from 'typescript'

const hasDoc = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc))

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)

const namesOf = (statement: ts.Statement): readonly string[] => {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => declaration.name.getText())
  }
  const { name } = statement as ts.Statement & { readonly name?: ts.Node }
  return [name?.getText() ?? 'default']
}

/** Exports that are declared elsewhere in the same file: `const x = …; export { x }`. */
const listedNames = (file: ts.SourceFile): ReadonlySet<string> =>
  new Set(
    file.statements.flatMap((statement) =>
      ts.isExportDeclaration(statement) &&
      statement.moduleSpecifier === undefined &&
      statement.exportClause !== undefined &&
      ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map((element) => (element.propertyName ?? element.name).text)
        : [],
    ),
  )

/** `type X = z.infer<typeof xSchema>` says nothing that the schema's docstring does not. */
const isInferred = (statement: ts.Statement): boolean =>
  ts.isTypeAliasDeclaration(statement) &&
  ts.isTypeReferenceNode(statement.type) &&
  statement.type.typeName.getText() === 'z.infer'

/** Exported declarations without a docstring. One is enough for all overloads of a function. */
export const findMissingDocs = (file: ts.SourceFile): readonly { readonly name: string; readonly node: ts.Node }[] => {
  const listed = listedNames(file)
  const documented = new Set<string>()
  const missing: { readonly name: string; readonly node: ts.Node }[] = []
  for (const statement of file.statements) {
    const isDeclaration = ts.isDeclarationStatement(statement) || ts.isVariableStatement(statement)
    if (
      !isDeclaration ||
      ts.isExportDeclaration(statement) ||
      ts.isImportDeclaration(statement) ||
      isInferred(statement)
    )
      continue
    for (const name of namesOf(statement)) {
      if (hasDoc(statement)) documented.add(name)
      else if ((isExported(statement) || listed.has(name)) && !documented.has(name)) {
        missing.push({ name, node: statement })
      }
    }
  }
  return missing.filter(({ name }) => !documented.has(name))
}
