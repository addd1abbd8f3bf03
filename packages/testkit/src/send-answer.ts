import type { ServerResponse } from 'node:http'
import type { Barrier } from './barrier.ts'
import { createStepEncoder, encodeContent } from './content-encoding.ts'
import type { AnswerEnd, BodyStep, ScriptedAnswer } from './scripted-answer.ts'

const isBarrier = (step: BodyStep): step is Barrier => typeof step === 'object' && 'wait' in step

const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text)

type WireStep = Uint8Array | Barrier

async function* wireSteps(answer: ScriptedAnswer): AsyncGenerator<WireStep> {
  const { body = '', encoding } = answer
  if (typeof body === 'string' || body instanceof Uint8Array) {
    yield encoding === undefined ? bytesOf(body) : encodeContent(bytesOf(body), encoding)
    return
  }
  const encoder = encoding === undefined ? undefined : createStepEncoder(encoding)
  for (const step of body) {
    if (isBarrier(step)) yield step
    else yield encoder === undefined ? bytesOf(step) : await encoder.step(bytesOf(step))
  }
  if (encoder !== undefined) yield await encoder.end()
}

const hasBody = (status: number): boolean => status >= 200 && status !== 204 && status !== 304

const writeHead = (response: ServerResponse, answer: ScriptedAnswer): void => {
  const { status = 200, headers = {}, body = '', encoding } = answer
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value])
  }
  if (encoding !== undefined) response.setHeader('content-encoding', encoding)
  if (
    !Array.isArray(body) &&
    !response.hasHeader('content-length') &&
    status >= 200 &&
    status !== 204 &&
    status !== 304
  ) {
    const bytes = bytesOf(body as string | Uint8Array)
    response.setHeader('content-length', encoding === undefined ? bytes.length : encodeContent(bytes, encoding).length)
  }
  // A body that is shorter or longer than its content-length is something to test, not a mistake of the test.
  response.strictContentLength = false
  if (Array.isArray(body) && !response.hasHeader('content-length') && hasBody(status)) {
    response.setHeader('transfer-encoding', 'chunked')
  }
  response.writeHead(status)
  response.flushHeaders()
}

/** What is collected before it is handed to the socket. */
const flushAtBytes = 65_536
const flushAtPieces = 6_000

const lineEnd = Buffer.from('\r\n')

/** Writes body pieces so that each becomes a chunk of its own on the wire, at one system call for many of them. */
class BodyWriter {
  readonly #response: ServerResponse
  #waiting: Uint8Array[] = []
  #waitingBytes = 0

  constructor(response: ServerResponse) {
    this.#response = response
  }

  async add(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    // A zero-length piece would be the end of the body, and ServerResponse.write joins pieces of one tick into one chunk.
    const framed = this.#response.chunkedEncoding
      ? [Buffer.from(`${bytes.length.toString(16)}\r\n`, 'latin1'), bytes, lineEnd]
      : [bytes]
    this.#waiting.push(...framed)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= flushAtBytes || this.#waiting.length >= flushAtPieces) await this.flush()
  }

  async flush(): Promise<void> {
    const { socket } = this.#response
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    if (bytes.length === 0 || socket === null || socket.destroyed || socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        socket.off('drain', goOn)
        socket.off('close', goOn)
        resolve()
      }
      socket.on('drain', goOn)
      socket.on('close', goOn)
    })
  }
}

/** Writes an empty piece so that its callback tells when everything before it has left. */
const flushed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const { socket } = response
    if (socket === null || socket.destroyed) return resolve()
    socket.write('', () => resolve())
  })

const finish = async (response: ServerResponse, end: AnswerEnd): Promise<void> => {
  if (end === 'hang' || response.destroyed) return
  if (end === 'complete') {
    response.end()
    return
  }
  await flushed(response)
  if (end === 'reset') response.socket?.resetAndDestroy()
  else response.socket?.destroy()
}

/** Plays one answer onto one response. Returns when it is played, or when the client is gone. */
export const sendAnswer = async (response: ServerResponse, answer: ScriptedAnswer): Promise<void> => {
  const gone = new Promise<void>((resolve) => response.once('close', () => resolve()))
  const passed = (barrier: Barrier): Promise<unknown> => Promise.race([barrier.wait(), gone])
  if (answer.before !== undefined) await passed(answer.before)
  if (response.destroyed) return
  writeHead(response, answer)
  const { end = 'complete', cutAfterBytes = Number.POSITIVE_INFINITY } = answer
  const writer = new BodyWriter(response)
  let left = cutAfterBytes
  for await (const step of wireSteps(answer)) {
    if (response.destroyed || left <= 0) break
    if (!(step instanceof Uint8Array)) {
      await writer.flush()
      await passed(step)
      continue
    }
    await writer.add(step.subarray(0, left))
    left -= step.length
  }
  await writer.flush()
  const cut = left <= 0 && cutAfterBytes !== Number.POSITIVE_INFINITY
  await finish(response, cut && end === 'complete' ? 'destroy' : end)
}
