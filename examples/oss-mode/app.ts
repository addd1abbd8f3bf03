import Anthropic from '@anthropic-ai/sdk'
import { Vendo } from '@vendo/sdk'

// No Vendo account: the key is your own, from the environment or from `.env`. See .env.example.
const vendo = new Vendo()
const claude = new Anthropic(await vendo.clientOptions('anthropic'))

const { content } = await claude.messages.create({
  model: 'claude-haiku-5-5',
  max_tokens: 300,
  messages: [{ role: 'user', content: 'Where did my key come from?' }],
})
for (const block of content) if (block.type === 'text') console.log(block.text)

const { source } = await vendo.resolve('anthropic')
console.log(`(Vendo mode: ${vendo.isVendoMode()}; the key came from ${source})`)
