import { rememberNames } from '../remember-names.ts'
import type { UpstreamRequest } from '../upstream-call.ts'

/** Refuses control characters, and those that latin1 would cut down to one: `č` would become a carriage return. */
const unsafeInValue = /[^\t\x20-\x7e\x80-\xff]/
const unsafeInTarget = /[^\x21-\x7e\x80-\xff]/
/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Set here or not at all: a second one would let two servers disagree on where the request ends. */
const ownHeaders = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
])

/** Methods whose requests have a body, if only an empty one. */
const withBody = new Set(['POST', 'PUT', 'PATCH'])

/** Whether a provider may take a body of this method for the next request: the connection must not be used again. */
export const hasUnexpectedBody = ({ method, body }: Pick<UpstreamRequest, 'method' | 'body'>): boolean =>
  body !== null && !withBody.has(method) && !(body instanceof Uint8Array && body.length === 0)

/**
 * The head of a request with its empty line, as text whose characters are bytes.
 *
 * @throws {TypeError} for a method, path, name or value that could end its line early, and for headers set here.
 */
export const requestHead = (request: UpstreamRequest, host: string): string => {
  const { method, path, headers } = request
  if (!token.test(method)) throw new TypeError('The method of a request must be a token.')
  if (unsafeInTarget.test(path) || path[0] !== '/') throw new TypeError('The path of a request must be a plain one.')
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string
    const value = headers[index + 1] as string
    if (!isAllowedName(name)) throw new TypeError(`${JSON.stringify(name)} cannot be a header of a request.`)
    // The value may be a credential: it stays out of the message.
    if (unsafeInValue.test(value)) throw new TypeError(`The value of the header ${name} cannot be sent.`)
    head += `${name}: ${value}\r\n`
  }
  return `${head}${framing(request)}\r\n`
}

const framing = ({ method, body, bodyLength }: UpstreamRequest): string => {
  const length = body === null ? 0 : body instanceof Uint8Array ? body.length : bodyLength
  if (length === undefined) return 'transfer-encoding: chunked\r\n'
  return length > 0 || withBody.has(method) ? `content-length: ${length}\r\n` : ''
}

const isAllowedName = rememberNames((name) => token.test(name) && !ownHeaders.has(name.toLowerCase()))
