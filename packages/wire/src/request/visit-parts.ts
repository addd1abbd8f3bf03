import { isRawObject, type RawObject } from '../reader/answer-state.ts'

/**
 * Visits every object that stands where a provider reads content: messages, their parts, and what tools gave back. A part
 * that is quoted inside the arguments of a tool call is text to the model, and is not visited. Walks with a stack of its
 * own, so that deep nesting cannot overflow.
 */
export const visitParts = (roots: readonly unknown[], visit: (part: RawObject) => void): void => {
  const stack: unknown[] = [...roots]
  while (stack.length > 0) {
    const value = stack.pop()
    if (Array.isArray(value)) stack.push(...chunked(value))
    else if (isRawObject(value)) {
      visit(value)
      const { content, output, source, tool_changes: toolChanges } = value
      stack.push(content, output, toolChanges, isRawObject(source) ? source['content'] : undefined)
    }
  }
}

/** A spread of a huge list into `push` would exceed the engine's argument limit. */
const chunked = (values: readonly unknown[]): readonly unknown[] =>
  values.length <= 1000
    ? values
    : Array.from({ length: Math.ceil(values.length / 1000) }, (_, index) =>
        values.slice(index * 1000, (index + 1) * 1000),
      )
