import { readOpenAiInputUsage } from '../openai/read-openai-usage.ts'
import { openAiChatAnswer } from '../openai-chat/openai-chat-answer.ts'
import type { AnswerFormat } from '../reader/answer-format.ts'

/** OpenAI embeddings: one JSON body whose usage has input only, under the names of the chat API. */
export const openAiEmbeddingsAnswer: AnswerFormat = {
  ...openAiChatAnswer,
  visibleKeys: {},
  interpret: readOpenAiInputUsage,
}
