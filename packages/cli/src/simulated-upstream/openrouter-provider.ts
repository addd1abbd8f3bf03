import { usdFromNanos } from '@vendo/contract'
import type { Reply } from './compose-reply.ts'
import { asksForUsage, type ChatDialect, completionEvents, completionOf, readChatRequest } from './openai-chat.ts'
import { type Answer, type Exchange, json, readBearer, type SimulatedProvider } from './simulated-provider.ts'

const error = (status: number, message: string): Answer => json(status, { error: { message, code: status } })

/** What every simulated model costs: 100 nano-USD per input token and 400 per output token. */
const nanosPerToken = { input: 100n, output: 400n }

const dialect: ChatDialect = {
  id: 'gen-simulated',
  envelope: { provider: 'Simulated', system_fingerprint: 'simulated' },
  showsThinking: true,
  preamble: ': OPENROUTER PROCESSING\n\n',
  alwaysReportsUsage: true,
  usageOf: ({ usage }: Reply) => {
    const prompt = usage.input + usage.cacheRead + usage.cacheWrite
    return {
      prompt_tokens: prompt,
      completion_tokens: usage.output,
      total_tokens: prompt + usage.output,
      cost: costOf(prompt, usage.output),
      is_byok: false,
      prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
    }
  },
}

/** A JSON number, as the provider sends it; its decimal digits are exact. */
const costOf = (prompt: number, output: number): number =>
  Number(usdFromNanos(BigInt(prompt) * nanosPerToken.input + BigInt(output) * nanosPerToken.output))

const createCompletion = ({ body, compose }: Exchange): Answer => {
  const asked = { ...readChatRequest(body), includeUsage: asksForUsage(body) }
  if (asked.model === '') return error(400, 'No models provided')
  const reply = compose(asked)
  return asked.stream
    ? { kind: 'stream', pieces: completionEvents(reply, asked, dialect) }
    : json(200, completionOf(reply, asked, dialect))
}

const models = [
  {
    id: 'google/gemini-2.5-flash-lite',
    name: 'Gemini 2.5 Flash Lite (simulated)',
    context_length: 1_048_576,
    pricing: { prompt: '0.0000001', completion: '0.0000004' },
  },
]

/** OpenRouter as an app sees it: chat completions that end with what they cost. */
export const openrouterProvider: SimulatedProvider = {
  readCredential: readBearer,
  unauthorized: error(401, 'User not found.'),
  notFound: () => error(404, 'Not Found'),
  invalid: (message) => error(400, message),
  routes: {
    'POST /api/v1/chat/completions': createCompletion,
    'GET /api/v1/models': () => json(200, { data: models }),
  },
}
