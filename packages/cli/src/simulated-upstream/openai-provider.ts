import { type Fields, textOf } from './asked.ts'
import type { Reply } from './compose-reply.ts'
import { embeddingsOf } from './embeddings.ts'
import { asksForUsage, type ChatDialect, completionEvents, completionOf, readChatRequest } from './openai-chat.ts'
import { readResponsesRequest, responseEvents, responseOf } from './openai-responses.ts'
import { type Answer, type Exchange, json, readBearer, type SimulatedProvider } from './simulated-provider.ts'

const error = (status: number, message: string, code: string | null = null): Answer =>
  json(status, { error: { message, type: 'invalid_request_error', param: null, code } })

const dialect: ChatDialect = {
  id: 'chatcmpl-simulated',
  envelope: { service_tier: 'default', system_fingerprint: null },
  showsThinking: false,
  preamble: '',
  alwaysReportsUsage: false,
  usageOf: ({ usage }: Reply) => ({
    prompt_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.cacheRead + usage.cacheWrite + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: 0 },
  }),
}

const createCompletion = ({ body, compose }: Exchange): Answer => {
  const asked = { ...readChatRequest(body), includeUsage: asksForUsage(body) }
  if (asked.model === '') return missingModel
  const reply = compose(asked)
  return asked.stream
    ? { kind: 'stream', pieces: completionEvents(reply, asked, dialect) }
    : json(200, completionOf(reply, asked, dialect))
}

const createResponse = ({ body, compose }: Exchange): Answer => {
  const asked = readResponsesRequest(body)
  if (asked.model === '') return missingModel
  const reply = compose(asked)
  return asked.stream ? { kind: 'stream', pieces: responseEvents(reply, asked) } : json(200, responseOf(reply, asked))
}

const missingModel = error(400, 'you must provide a model parameter')

const createEmbeddings = ({ body }: { readonly body: Fields }): Answer =>
  textOf(body['model']) === undefined ? missingModel : json(200, embeddingsOf(body))

const models = ['gpt-5-mini', 'gpt-6-luna', 'text-embedding-3-small'].map((id) => ({
  id,
  object: 'model',
  created: 1_795_132_800,
  owned_by: 'simulated',
}))

/** OpenAI as an app sees it. */
export const openaiProvider: SimulatedProvider = {
  readCredential: readBearer,
  unauthorized: error(401, 'Incorrect API key provided.', 'invalid_api_key'),
  notFound: (method, path) => error(404, `Invalid URL (${method} ${path})`),
  invalid: (message) => error(400, message),
  routes: {
    'POST /v1/chat/completions': createCompletion,
    'POST /v1/responses': createResponse,
    'POST /v1/embeddings': createEmbeddings,
    'GET /v1/models': () => json(200, { object: 'list', data: models }),
    'GET /v1/models/': ({ id }) => {
      const model = models.find((candidate) => candidate.id === id)
      return model === undefined ? error(404, `The model '${id}' does not exist`, 'model_not_found') : json(200, model)
    },
  },
}
