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
    if (Array.isArray(value)) for (const item of value) pushObject(stack, item)
    else if (isRawObject(value)) {
      visit(value)
      pushObject(stack, value['content'])
      pushObject(stack, value['output'])
      pushObject(stack, value['tool_changes'])
      const source = value['source']
      if (isRawObject(source)) pushObject(stack, source['content'])
    }
  }
}

/** Most of what stands in content is text, which has no parts. */
const pushObject = (stack: unknown[], value: unknown): void => {
  if (typeof value === 'object' && value !== null) stack.push(value)
}
