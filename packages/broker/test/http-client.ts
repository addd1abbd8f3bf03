import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

/** A whole answer, byte for byte. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
  /** False when the connection ended before the body did. */
  readonly complete: boolean
  json(): unknown
}

export interface Sending {
  readonly method?: string
  /** The request target exactly as it goes on the request line. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

/** Starts a request; the caller reads the answer, or does not. */
export const open = (url: string, { method = 'POST', path, headers, body }: Sending): ClientRequest => {
  const { hostname, port } = new URL(url)
  const message = httpRequest({
    hostname,
    port,
    method,
    path,
    headers: { ...headers } as Record<string, string>,
    agent: false,
  })
  message.end(body)
  return message
}

/** The head of the answer. */
export const answered = (message: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    message.once('response', resolve)
    message.once('error', reject)
  })

/** Sends a request and reads its answer to the end, clean or not. */
export const send = async (url: string, sending: Sending): Promise<WholeAnswer> => {
  const message = await answered(open(url, sending))
  const chunks: Buffer[] = []
  await new Promise<void>((resolve) => {
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.once('error', () => resolve())
    message.once('close', () => resolve())
  })
  const body = Buffer.concat(chunks)
  const text = body.toString()
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body,
    text,
    complete: message.complete,
    json: () => JSON.parse(text) as unknown,
  }
}
