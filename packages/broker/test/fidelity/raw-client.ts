import { connect, type Socket } from 'node:net'
import { anthropicRequest } from '../answers.ts'

/** Opens a connection to the broker. */
export const dial = (url: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.once('error', reject)
  })

/**
 * Writes bytes on a connection of their own and returns all that comes back: until the broker closes, or `enough` says
 * so. A reset counts as an end.
 */
export const talk = async (
  url: string,
  bytes: string | readonly string[],
  enough: (text: string) => boolean = () => false,
): Promise<string> => {
  const socket = await dial(url)
  let text = ''
  const over = new Promise<void>((resolve) => {
    socket.on('error', () => undefined)
    socket.once('close', () => resolve())
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
      if (enough(text)) socket.destroy()
    })
  })
  for (const piece of typeof bytes === 'string' ? [bytes] : bytes) socket.write(Buffer.from(piece, 'latin1'))
  await over
  return text
}

/** Whether so many answers with a content-length are whole. */
export const answers =
  (count: number) =>
  (text: string): boolean =>
    statuses(text).length >= count && text.length >= endOfAnswers(text)

/** The status of every final answer in a conversation. */
export const statuses = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)).filter((status) => status >= 200)

const endOfAnswers = (text: string): number => {
  const start = text.lastIndexOf('HTTP/1.1 ')
  const head = text.indexOf('\r\n\r\n', start)
  if (head < 0) return Number.POSITIVE_INFINITY
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(start, head))?.[1]
  if (length === undefined) return text.endsWith('0\r\n\r\n') ? text.length : Number.POSITIVE_INFINITY
  return head + 4 + Number(length)
}

/** What a request to the broker is written from. */
export interface RawMessage {
  readonly key: string
  /** Default `POST /anthropic/v1/messages HTTP/1.1`. */
  readonly line?: string
  /** Whole lines, without their line ends; default a content-length that fits. */
  readonly headers?: readonly string[]
  /** Default a whole request for a message. */
  readonly body?: string
}

/** One request as it goes on the wire. */
export const rawMessage = ({ key, line, headers, body = JSON.stringify(anthropicRequest()) }: RawMessage): string =>
  [
    line ?? 'POST /anthropic/v1/messages HTTP/1.1',
    'host: localhost',
    `authorization: Bearer ${key}`,
    'content-type: application/json',
    ...(headers ?? [`content-length: ${Buffer.byteLength(body)}`]),
    '',
    body,
  ].join('\r\n')
