import { messageEvents, messageOf, readMessagesRequest } from './anthropic-messages.ts'
import { contentText } from './asked.ts'
import { cacheablePrefixCharacters, cachedPrefixTokens } from './fixtures/fixture.ts'
import { plain } from './fixtures/plain.ts'
import { type Answer, type Exchange, json, readBearer, type SimulatedProvider } from './simulated-provider.ts'

const error = (status: number, type: string, message: string): Answer =>
  json(status, { type: 'error', error: { type, message }, request_id: 'req_simulated' })

const models = ['claude-sonnet-5-5', 'claude-haiku-5-5'].map((id) => ({
  type: 'model',
  id,
  display_name: `${id} (simulated)`,
  created_at: '2026-10-03T00:00:00Z',
}))

const createMessage = ({ body, compose }: Exchange): Answer => {
  const asked = readMessagesRequest(body)
  if (asked.model === '') return error(400, 'invalid_request_error', 'model: Field required')
  if (asked.limit === undefined) return error(400, 'invalid_request_error', 'max_tokens: Field required')
  const reply = compose(asked)
  return asked.stream ? { kind: 'stream', pieces: messageEvents(reply, asked) } : json(200, messageOf(reply, asked))
}

/** Free at the provider, and counted as the messages route would count the input. */
const countTokens = ({ body }: Exchange): Answer => {
  const isLong = contentText(body['system']).length >= cacheablePrefixCharacters
  return json(200, { input_tokens: plain.usage.input + (isLong ? cachedPrefixTokens : 0) })
}

/** Anthropic as an app sees it. */
export const anthropicProvider: SimulatedProvider = {
  // The official SDK presents its key as a bearer token from version 1 on, and as `x-api-key` before that.
  readCredential: (headers) => headers['x-api-key']?.toString() ?? readBearer(headers),
  unauthorized: error(401, 'authentication_error', 'invalid x-api-key'),
  notFound: () => error(404, 'not_found_error', 'Not Found'),
  invalid: (message) => error(400, 'invalid_request_error', message),
  routes: {
    'POST /v1/messages': createMessage,
    'POST /v1/messages/count_tokens': countTokens,
    'GET /v1/models': () =>
      json(200, { data: models, has_more: false, first_id: models[0]?.id, last_id: models.at(-1)?.id }),
    'GET /v1/models/': ({ id }) => {
      const model = models.find((candidate) => candidate.id === id)
      return model === undefined ? error(404, 'not_found_error', `model: ${id}`) : json(200, model)
    },
  },
}
