import type { IncomingMessage, ServerResponse } from 'node:http'
import { request } from 'node:http'
import { answered } from '../http-client.ts'
import { sendJson, type TakeUpload } from './upload-broker.ts'

/** Where a test's form ends and its parts begin. */
export const boundary = '----odd-boundary'
const type = `multipart/form-data; boundary=${boundary}`

/** A text field of a form. */
export const field = (name: string, text: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`

/** 3,000 bytes in which everything occurs that could be taken for a form. */
export const sound = Buffer.concat([
  Buffer.from(Array.from({ length: 2_960 }, (_, index) => (index * 31) % 256)),
  Buffer.from('\r\n------odd-\r\nname="model"\r\n\r\n--\r\n'.padEnd(40)),
])

/** The file of a form. */
export const file = (content: Buffer = sound): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n`,
    ),
    content,
    Buffer.from('\r\n'),
  ])

/** A whole form of these parts. */
export const form = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat([...parts.map((part) => Buffer.from(part as string)), Buffer.from(`--${boundary}--\r\n`)])

/** What a call came to, as its client sees it. */
export interface FormAnswer {
  readonly status: number
  readonly code: string | undefined
  readonly text: string
}

/** Posts a form in these pieces, with its length announced unless the headers say otherwise. */
export const post = async (
  { url, key }: { readonly url: string; readonly key: string },
  pieces: readonly Uint8Array[],
  { path = '/v1/audio/transcriptions', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<FormAnswer> => {
  const length = pieces.reduce((total, piece) => total + piece.length, 0)
  const framing = 'transfer-encoding' in headers ? {} : { 'content-length': String(length) }
  const client = request(`${url}/openai${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type, ...framing, ...headers },
    agent: false,
  })
  for (const piece of pieces) client.write(piece)
  client.end()
  const answer = await answered(client)
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  const code = answer.headers['vendo-error-code']
  return { status: answer.statusCode ?? 0, code: typeof code === 'string' ? code : undefined, text }
}

/** What a provider was sent, whole or not. */
export interface Received {
  readonly message: IncomingMessage
  readonly bytes: () => Buffer
  readonly whole: () => boolean
}

/** Keeps what uploads bring, and answers those that come to their end. */
export const receiveInto =
  (received: Received[], finish: (answer: ServerResponse) => void): TakeUpload =>
  (message, answer) => {
    const pieces: Buffer[] = []
    received.push({ message, bytes: () => Buffer.concat(pieces), whole: () => message.complete })
    message.on('error', () => undefined)
    message.on('data', (piece: Buffer) => pieces.push(piece))
    message.once('end', () => finish(answer))
  }

/** The answers of OpenAI's reference, with the usage that they bring. */
export const answers = {
  seconds: { text: 'hi', usage: { type: 'duration', seconds: 9 } },
  tokens: {
    text: 'hi',
    usage: {
      type: 'tokens',
      input_tokens: 114,
      input_token_details: { text_tokens: 10, audio_tokens: 104 },
      output_tokens: 21,
      total_tokens: 135,
    },
  },
  verbose: { task: 'translate', language: 'english', duration: 8.470000267028809, text: 'hi', segments: [] },
} as const

/** Answers with JSON. */
export const withJson =
  (value: unknown, status = 200) =>
  (answer: ServerResponse): void =>
    sendJson(answer, status, value)

/** Answers with these events. */
export const withEvents =
  (...events: readonly object[]) =>
  (answer: ServerResponse): void => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' })
    answer.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
  }
