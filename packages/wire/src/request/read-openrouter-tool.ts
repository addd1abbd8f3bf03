import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import type { ServerTool } from '../request-facts.ts'
import { modelsIn } from './models-in.ts'
import { limitOf, textOf } from './raw.ts'

/** Tools of OpenRouter's own that call no other model. */
const plainTool = /^openrouter:(web_search|web_fetch|datetime|bash|shell|apply_patch|tool_search|files)$/

/** Tools that call the one model in their settings, and one of OpenRouter's or of the answering model's choice without it. */
const oneModelTool = /^openrouter:(advisor|image_generation)$/

/**
 * One of OpenRouter's own server tools (`openrouter:…`). Its `max_uses` counts only for a web search that the model's
 * provider runs and Anthropic serves: other providers ignore it, and other search engines have fees that no table holds;
 * see `WebSearchServerToolConfig` in OpenRouter's SDK.
 */
export const readOpenRouterTool = (type: string, tool: RawObject, body: RawObject): ServerTool => {
  const settings = isRawObject(tool['parameters']) ? tool['parameters'] : {}
  const maxUses = type === 'openrouter:web_search' ? searchLimit(settings, body) : undefined
  return {
    type,
    ...(maxUses === undefined ? {} : { maxUses }),
    ...modelsIn(settings),
    ...(plainTool.test(type) || namesItsModels(type, settings) ? {} : { anyModel: true }),
  }
}

const searchLimit = (settings: RawObject, body: RawObject): number | undefined =>
  settings['engine'] === 'native' && settings['x_search'] == null && servedByAnthropic(body)
    ? limitOf(settings['max_uses'])
    : undefined

/** A subagent without a model of its own is the model of the request. */
const namesItsModels = (type: string, { model }: RawObject): boolean =>
  type === 'openrouter:subagent' || (oneModelTool.test(type) && textOf(model) !== undefined)

/**
 * Whether every model that may serve the request is Anthropic's: OpenRouter says so in the model's name, and Anthropic's own
 * names have no author.
 */
export const servedByAnthropic = ({ model, models, fallbacks }: RawObject): boolean =>
  [model, ...listOf(models), ...listOf(fallbacks).map((entry) => (isRawObject(entry) ? entry['model'] : entry))].every(
    (name) => typeof name !== 'string' || !name.includes('/') || name.startsWith('anthropic/'),
  )

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
