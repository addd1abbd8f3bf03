import ts from 'typescript'

/** One function as the budget sees it. */
export interface FunctionShape {
  readonly name: string
  readonly lines: number
  readonly parameters: number
  /** A method, a declaration or an arrow bound to a name; closures passed as arguments have none. */
  readonly named: boolean
  readonly node: ts.Node
}

const isBody = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  (ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)) &&
  node.body !== undefined

const nameOf = (node: ts.FunctionLikeDeclaration): string | undefined => {
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  if (node.name !== undefined) return node.name.getText()
  const holder = node.parent
  const bound = ts.isVariableDeclaration(holder) || ts.isPropertyAssignment(holder) || ts.isPropertyDeclaration(holder)
  return bound ? holder.name.getText() : undefined
}

/** Every function with a body. A closure counts for itself and within its parent. */
export const measureFunctions = (file: ts.SourceFile): readonly FunctionShape[] => {
  const shapes: FunctionShape[] = []
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (isBody(node)) {
      const name = nameOf(node)
      const lines = lineOf(node.getEnd()) - lineOf(node.getStart(file)) + 1
      const parameters = node.parameters.length
      shapes.push({ name: name ?? 'a closure', lines, parameters, named: name !== undefined, node })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return shapes
}
