import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { headerNames } from '@vendo/contract'
import { encodeErrorBody } from '@vendo/wire'

/** Of one request's head: the request line and all header lines. */
export const maxHeadBytes = 16 * 1024

/** How long what a refused client still sends is read and dropped, so that it gets to read the answer. */
const lingerMs = 1_000

interface Refused {
  readonly status: number
  readonly reason: string
  readonly code: 'request_too_large' | 'request_timeout' | 'validation_failed'
  readonly message: string
}

/**
 * Answers what Node's parser refused, before there is a request: a head that is too large (431), one that takes too long
 * (408), or no HTTP (400). Then the connection is closed. Where an answer is under way already it is only closed.
 */
export const answerBrokenRequest = (error: NodeJS.ErrnoException, socket: Socket): void => {
  const { _httpMessage: under } = socket as Socket & { readonly _httpMessage?: ServerResponse | null }
  if (!socket.writable || error.code === 'ECONNRESET' || under?.headersSent === true) {
    socket.destroy(error)
    return
  }
  socket.end(encodeRefusal(refusedBy(error.code)))
  // Closed with bytes unread, the system would reset the connection and the answer could be lost on its way.
  socket.removeAllListeners('data')
  socket.on('data', () => undefined)
  socket.resume()
  const late = setTimeout(() => socket.destroy(), lingerMs)
  late.unref()
  socket.once('close', () => clearTimeout(late))
}

const refusedBy = (code: string | undefined): Refused => {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = `The head of the request is larger than ${maxHeadBytes / 1024} kB. Send fewer or shorter headers.`
    return { status: 431, reason: 'Request Header Fields Too Large', code: 'request_too_large', message }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const message = 'The request took too long to arrive. Send it without long pauses.'
    return { status: 408, reason: 'Request Timeout', code: 'request_timeout', message }
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    const message = 'The chunk extensions of the request are too long. Leave them out.'
    return { status: 413, reason: 'Payload Too Large', code: 'request_too_large', message }
  }
  const message = 'This is no valid HTTP/1.1 request. Send one request line, headers and a body as RFC 9112 says.'
  return { status: 400, reason: 'Bad Request', code: 'validation_failed', message }
}

const encodeRefusal = ({ status, reason, code, message }: Refused): Buffer => {
  const body = Buffer.from(encodeErrorBody('openai', { status, code, message, requestId: '' }))
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    `${headerNames.errorCode}: ${code}`,
    `${headerNames.shouldRetry}: ${code === 'request_timeout'}`,
    'connection: close',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
