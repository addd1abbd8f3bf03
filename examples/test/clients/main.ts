import type { Conversation } from './conversation.ts'

// A process of its own for each client: it has the variables that the resolver returned, and nothing else.
const [client, kind] = process.argv.slice(2)

const requests: string[] = []
const original = globalThis.fetch
globalThis.fetch = (input, init) => {
  const { url, method } = input instanceof Request ? input : { url: String(input), method: init?.method ?? 'GET' }
  requests.push(`${method} ${url}`)
  return original(input, init)
}

const { conversation } = (await import(`./${client}.ts`)) as { conversation: Conversation }
const result = await conversation[kind as keyof Conversation]()
console.log(JSON.stringify({ requests, result }))
