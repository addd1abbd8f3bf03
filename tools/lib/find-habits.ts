import ts from 'typescript'
import { mayReveal } from './shape-rules.ts'
import { isTest, isToolConfig } from './workspace.ts'

/** Something a file does that the house does not do. */
export interface Habit {
  readonly node: ts.Node
  readonly problem: string
}

const isDefaultExport = (node: ts.Node): boolean =>
  ts.isExportAssignment(node) ||
  (ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword))

const isReveal = (node: ts.Node): boolean =>
  ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'reveal'

const holdsNumber = (type: ts.TypeNode | undefined, initializer: ts.Expression | undefined): boolean =>
  type === undefined
    ? initializer !== undefined && (ts.isNumericLiteral(initializer) || initializer.getText().includes('z.number('))
    : !ts.isFunctionTypeNode(type) && /\bnumber\b/.test(type.getText())

const isMoneyInNumber = (node: ts.Node): boolean => {
  const declares = ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isParameter(node)
  if (!declares && !ts.isVariableDeclaration(node) && !ts.isPropertyAssignment(node)) return false
  if (!/(Nanos|_nanos|^nanos)$/.test(node.name.getText())) return false
  const type = ts.isPropertyAssignment(node) ? undefined : node.type
  return holdsNumber(type, 'initializer' in node ? node.initializer : undefined)
}

/**
 * V8 gives each object literal with an accessor a hidden class of its own, which lives until the next major collection, and with
 * it everything that the accessor can see: made for each call, that is most of what the collector has to do.
 */
const isAccessorOfLiteral = (node: ts.Node): boolean => ts.isAccessor(node) && ts.isObjectLiteralExpression(node.parent)

/** Accessors of object literals, default exports, `export *`, secrets read outside the allow-list, money in a `number`. */
export const findHabits = (file: ts.SourceFile): readonly Habit[] => {
  const habits: Habit[] = []
  const path = file.fileName
  const revealsFreely = isTest(path) || mayReveal.some((pattern) => pattern.test(path))
  const isPublished = path.startsWith('packages/') && !isTest(path)
  const visit = (node: ts.Node): void => {
    const add = (problem: string) => habits.push({ node, problem })
    if (!isToolConfig(path) && isDefaultExport(node)) add('has a default export: name it')
    if (ts.isExportDeclaration(node) && node.exportClause === undefined) add('says `export *`: list the names')
    if (!revealsFreely && isReveal(node)) add('reveals a secret: only the files in tools/lib/shape-rules.ts may')
    if (isMoneyInNumber(node)) add('holds money in a `number`: use a bigint of nano-USD')
    if (isPublished && isAccessorOfLiteral(node)) add('has an accessor in an object literal: use a method, or a class')
    ts.forEachChild(node, visit)
  }
  visit(file)
  return habits
}

// The marker must open a comment, so that this pattern does not match itself.
const promise = /(^|\s)(\/\/|\/?\*+)\s.*\b(TODO|FIXME|XXX)\b(?!.*#\d)/

/** Comments that promise work without saying where it is tracked, as `#12`. */
export const findPromises = (file: ts.SourceFile): readonly number[] =>
  file.text.split('\n').flatMap((line, index) => (promise.test(line) ? [index + 1] : []))
