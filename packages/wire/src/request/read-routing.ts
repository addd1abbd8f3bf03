import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import type { ServerTool } from '../request-facts.ts'
import { modelsIn } from './models-in.ts'
import { limitOf, objectsOf, textOf } from './raw.ts'

/** What a body says, in whatever wire format, of further models and of what a router does beside the model. */
export interface Routing {
  readonly fallbackModels: readonly string[]
  readonly fallbacksAddUp: boolean
  readonly serverTools: readonly ServerTool[]
  /** Output limits of single fallbacks. */
  readonly outputLimits: readonly number[]
  /** A speed that a fallback runs at instead of the request's. */
  readonly speed?: string
  /** A fallback has thinking of its own. */
  readonly asksForReasoning: boolean
}

/**
 * Reads OpenRouter's `models`, `plugins`, `preset` and `:online`, and the `fallbacks` of Anthropic and OpenRouter, once for
 * every wire format: a provider that does not know one of them refuses the request or passes it over. `fallbacks` that are
 * no list (`"default"`), or that name no model, leave the choice of the model to the provider.
 */
export const readRouting = (body: RawObject): Routing => {
  const { models, fallbacks, plugins, preset, model } = body
  const plain = models == null && fallbacks == null && plugins == null && preset == null
  if (plain && textOf(model)?.includes('online') !== true) return noRouting
  const named = Array.isArray(models) ? models.map(textOf).filter((model) => model !== undefined) : []
  const entries = readFallbacks(fallbacks)
  const fallbackModels = [...new Set([...named, ...entries.flatMap((entry) => entry.model ?? [])])]
  const speeds = entries.flatMap(({ speed }) => textOf(speed) ?? [])
  const speed = speeds.find((name) => name !== 'standard') ?? speeds[0]
  return {
    fallbackModels,
    fallbacksAddUp: entries.length > 0,
    serverTools: [
      ...(entries.some(({ model }) => model === undefined) ? [{ type: 'fallbacks', anyModel: true }] : []),
      ...readPlugins(body, [model, ...fallbackModels]),
      ...(preset == null ? [] : [{ type: 'preset', anyModel: true }]),
    ],
    outputLimits: entries.flatMap(({ max_tokens: limit }) => limitOf(limit) ?? []),
    ...(speed === undefined ? {} : { speed }),
    asksForReasoning: entries.some(({ thinking }) => thinking != null),
  }
}

/** What nearly every body says. */
const noRouting: Routing = {
  fallbackModels: [],
  fallbacksAddUp: false,
  serverTools: [],
  outputLimits: [],
  asksForReasoning: false,
}

interface Fallback {
  readonly model: string | undefined
  readonly max_tokens?: unknown
  readonly speed?: unknown
  readonly thinking?: unknown
}

const readFallbacks = (fallbacks: unknown): readonly Fallback[] => {
  if (fallbacks == null) return []
  if (!Array.isArray(fallbacks)) return [{ model: undefined }]
  return fallbacks.map((entry) =>
    isRawObject(entry) ? { ...entry, model: textOf(entry['model']) } : { model: textOf(entry) },
  )
}

/** Plugins that call no model. */
const plainPlugin = /^(web|web-fetch|file-parser|context-compression|moderation|response-healing)$/

const readPlugins = (body: RawObject, models: readonly unknown[]): readonly ServerTool[] => [
  ...objectsOf(body['plugins'])
    .filter(({ enabled }) => enabled !== false)
    .map((plugin) => readPlugin(textOf(plugin['id']) ?? 'unknown', plugin)),
  ...(models.some((model) => textOf(model)?.split(':').includes('online')) ? [{ type: 'plugin:web' }] : []),
]

const readPlugin = (id: string, plugin: RawObject): ServerTool =>
  plainPlugin.test(id) ? { type: `plugin:${id}` } : { type: `plugin:${id}`, ...modelsIn(plugin), anyModel: true }
