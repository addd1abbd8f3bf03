import { isRawObject } from '../reader/answer-state.ts'
import { textOf } from './raw.ts'

/** Where a tool's settings name a model that it calls. Patterns of models that a router may choose from are no names. */
const modelKeys: ReadonlySet<string> = new Set(['model', 'models', 'analysis_models'])

/** The models that the settings of a tool name, at any depth: tools may bring tools of their own. */
export const modelsIn = (settings: unknown): { readonly models?: readonly string[] } => {
  const models = new Set<string>()
  const stack: unknown[] = [settings]
  while (stack.length > 0) {
    const value = stack.pop()
    if (Array.isArray(value)) for (const item of value) stack.push(item)
    else if (isRawObject(value)) {
      for (const [key, member] of Object.entries(value)) {
        if (modelKeys.has(key)) for (const model of [member].flat()) addName(models, model)
        if (typeof member === 'object') stack.push(member)
      }
    }
  }
  return models.size === 0 ? {} : { models: [...models] }
}

const addName = (models: Set<string>, model: unknown): void => {
  const name = textOf(model)
  if (name !== undefined) models.add(name)
}
