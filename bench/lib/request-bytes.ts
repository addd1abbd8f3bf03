/** What a benchmark asks for. */
export interface RequestShape {
  readonly path: string
  /** Names the mock's behaviour, such as `mock-paced-5`. */
  readonly model: string
  readonly stream: boolean
  /** Of the body, about. */
  readonly bytes: number
  readonly headers: Readonly<Record<string, string>>
}

/** The headers that an official SDK sends beside its own credential. */
const clientHeaders = {
  host: '127.0.0.1',
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': 'bench/1.0',
  'x-stainless-lang': 'js',
  'x-stainless-package-version': '0.0.0',
  'x-stainless-os': 'Linux',
  'x-stainless-arch': 'x64',
  'x-stainless-runtime': 'node',
  'x-stainless-runtime-version': 'v24.0.0',
  'x-stainless-retry-count': '0',
  'x-stainless-timeout': '600',
  'anthropic-version': '2023-06-01',
}

/** A whole HTTP request: a conversation of about the given size. */
export const requestBytes = ({ path, model, stream, bytes, headers }: RequestShape): Buffer => {
  const body = conversationBody(model, stream, bytes)
  const all = { ...clientHeaders, ...headers, 'content-length': String(body.length) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body])
}

const turnBytes = 2_000
const sentence = 'Say in one sentence what this paragraph is about, and why. '

/** A request body of about `bytes`, with a turn for every two kilobytes, as conversations grow. */
export const conversationBody = (model: string, stream: boolean, bytes: number): Buffer => {
  const system = 'You are a helpful assistant.'
  const rest = Math.max(0, bytes - 200)
  const turns = 2 * Math.floor(rest / turnBytes / 2) + 1
  const content = sentence.repeat(Math.ceil(rest / turns / sentence.length)).slice(0, Math.floor(rest / turns))
  const messages = Array.from({ length: turns }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content,
  }))
  return Buffer.from(JSON.stringify({ model, max_tokens: 1024, stream, system, messages, temperature: 0.7 }))
}
