import ts from 'typescript'

/** A test, or a part of one, that passes without having looked at anything. */
export interface HollowTest {
  readonly node: ts.Node
  readonly problem: string
}

const contains = (node: ts.Node, wanted: (inner: ts.Node) => boolean): boolean =>
  wanted(node) || (ts.forEachChild(node, (child) => contains(child, wanted) || undefined) ?? false)

const isExpect = (node: ts.Node): boolean =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'expect'

const isProcessEnv = (node: ts.Node): boolean => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env'

/** A list that has no name, so that nothing in the test can say how long it is. */
const isUnnamedList = (list: ts.Expression): boolean =>
  ts.isAwaitExpression(list) ||
  (ts.isCallExpression(list) &&
    ts.isPropertyAccessExpression(list.expression) &&
    list.expression.name.text === 'filter')

const isUndefinedProperty = (node: ts.Node): boolean => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
  const [name] = node.arguments
  return (
    node.expression.name.text === 'toHaveProperty' &&
    name !== undefined &&
    ts.isStringLiteral(name) &&
    name.text === 'undefined'
  )
}

const problemOf = (node: ts.Node): string | undefined => {
  if (ts.isForOfStatement(node) && isUnnamedList(node.expression) && contains(node.statement, isExpect)) {
    return 'expects something of each element of a list that may be empty: give it a name and expect its length'
  }
  if (ts.isIfStatement(node) && contains(node.expression, isProcessEnv) && contains(node, isExpect)) {
    return 'expects something or not, as the environment says: what writes files is no test'
  }
  if (isUndefinedProperty(node)) return 'looks for a property named "undefined", which nothing has'
  return undefined
}

/** Finds three habits that made tests pass which could not fail. Says nothing of other ways to write one. */
export const findHollowTests = (file: ts.SourceFile): readonly HollowTest[] => {
  const found: HollowTest[] = []
  const visit = (node: ts.Node): void => {
    const problem = problemOf(node)
    if (problem !== undefined) found.push({ node, problem })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
