import { readFileSync } from 'node:fs'
import Anthropic from '@anthropic-ai/sdk'
import type { Vendo } from '@vendo/sdk'
import { ask, begin, show } from './show.ts'

const handbook = readFileSync(new URL('handbook.md', import.meta.url), 'utf8')
const system = [{ type: 'text' as const, text: handbook, cache_control: { type: 'ephemeral' as const } }]
const desk = { model: 'claude-sonnet-5-5', max_tokens: 200, system }

/** Three calls: a long prompt streamed, the same prompt from the cache, and one with thinking. */
export const askClaude = async (vendo: Vendo): Promise<void> => {
  const claude = new Anthropic()

  begin('new Anthropic(), streamed, with a long system prompt')
  const stream = claude.messages.stream({ ...desk, messages: ask('Until when is breakfast served?') })
  await stream.on('text', show).finalMessage()
  show('\n')

  begin('new Anthropic(), the same system prompt again, not streamed')
  const { content } = await claude.messages.create({ ...desk, messages: ask('May I bring my dog?') })
  for (const block of content) if (block.type === 'text') show(`${block.text}\n`)

  begin("new Anthropic(await vendo.clientOptions('anthropic')), streamed, thinking")
  const thinker = new Anthropic(await vendo.clientOptions('anthropic'))
  const thought = thinker.messages.stream({
    model: 'claude-sonnet-5-5',
    max_tokens: 800,
    thinking: { type: 'adaptive', display: 'summarized' },
    messages: ask('Why is money set aside before a call, and not only counted after it?'),
  })
  thought.on('thinking', show).on('text', (text, whole) => show(text === whole ? `\n${text}` : text))
  await thought.finalMessage()
  show('\n')
}
