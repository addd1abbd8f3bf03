import type { Vendo } from '@vendo/sdk'
import { ask, begin, show } from './show.ts'

/** One call with `vendo.fetch`, which knows the address and the credential. */
export const askOpenRouter = async (vendo: Vendo): Promise<void> => {
  begin("vendo.fetch('openrouter')")
  const answer = await vendo.fetch('openrouter')('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'google/gemini-2.5-flash-lite',
      max_tokens: 200,
      messages: ask('Who is answering here?'),
    }),
  })
  if (!answer.ok) throw new Error(`openrouter refused with ${answer.status}: ${await answer.text()}`)
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
  show(`${choices[0]?.message.content}\n`)
}
