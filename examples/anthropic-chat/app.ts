import { createInterface } from 'node:readline/promises'
import Anthropic from '@anthropic-ai/sdk'

// Reads ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL, whoever has set them.
const claude = new Anthropic()
const messages: Anthropic.MessageParam[] = []

const answer = async (question: string): Promise<void> => {
  messages.push({ role: 'user', content: question })
  const stream = claude.messages.stream({ model: 'claude-haiku-5-5', max_tokens: 400, messages })
  stream.on('text', (text) => process.stdout.write(text))
  const { content } = await stream.finalMessage()
  messages.push({ role: 'assistant', content })
  process.stdout.write('\n')
}

// `node app.ts "a question"` asks once; without words each line is a question; where there is neither, it asks its own.
const words = process.argv.slice(2).join(' ')
if (words !== '') await answer(words)
else {
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: process.stdin.isTTY ?? false,
  })
  lines.setPrompt('> ')
  if (process.stdin.isTTY) lines.prompt()
  for await (const line of lines) {
    if (line.trim() !== '') await answer(line)
    if (process.stdin.isTTY) lines.prompt()
  }
  if (messages.length === 0 && !process.stdin.isTTY) await answer('What is a broker?')
}
