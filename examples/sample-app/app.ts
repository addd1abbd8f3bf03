import { Vendo } from '@vendo/sdk'
import { askClaude } from './ask-claude.ts'
import { askGpt } from './ask-gpt.ts'
import { askOpenRouter } from './ask-openrouter.ts'

// Nothing in this app knows about a broker: it reads the environment, wherever that comes from.
const vendo = new Vendo()
const connected = await vendo.tokens(['anthropic', 'openai', 'openrouter'])

if (connected.anthropic) await askClaude(vendo)
if (connected.openai) await askGpt()
if (connected.openrouter) await askOpenRouter(vendo)
