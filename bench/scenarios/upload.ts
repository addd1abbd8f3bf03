import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, request as startRequest } from 'node:http'
import { ownConnectionId } from '../broker/seed-store.ts'
import { mostResidentBytes, readProcessCost } from '../lib/process-cost.ts'
import { spreadOf } from '../lib/spread.ts'
import { type BrokerVariant, startBrokerVariant } from '../variants/broker.ts'
import { part, type Scenario, withVariants } from './scenario.ts'

/** Routes that take files, in the order they are tried. */
const paths = ['/openai/v1/audio/transcriptions', '/openai/v1/files'] as const
const wholeBytes = 1_000_000_000
const piece = Buffer.alloc(64 * 1024)

/** One gigabyte in chunks of unknown number: a broker that kept it would show. */
export const upload: Scenario = {
  name: 'upload',
  targets: ['memory-upload'],
  run: async ({ mockPort, folder }) => {
    const broker = await startBrokerVariant({ mockPort, folder })
    return withVariants([broker], async () => {
      const refusals: string[] = []
      for (const path of paths) {
        const { status, code } = await sendFile(broker, path, 5_000_000)
        if (status === 200) return [await measureUpload(broker, path)]
        refusals.push(`${path.slice('/openai'.length)} answers ${status} ${code}`)
      }
      return [{ target: 'memory-upload', skipped: `no route takes it: ${refusals.join(', ')}` }]
    })
  },
}

const measureUpload = async (broker: BrokerVariant, path: string) => {
  await broker.process.ask('collect-garbage')
  const before = readProcessCost(broker.process.id).residentBytes
  const startedAt = performance.now()
  let upload: Upload | undefined
  const most = await mostResidentBytes(broker.process.id, async () => {
    upload = await sendFile(broker, path, wholeBytes)
  })
  if (upload?.status !== 200) throw new Error(`The upload was answered with ${upload?.status}.`)
  if (!upload.whole) throw new Error('The upload was answered before it was whole.')
  return {
    target: 'memory-upload' as const,
    value: spreadOf([(most - before) / 1_000_000]),
    parts: [part('took', (performance.now() - startedAt) / 1000, 's')],
  }
}

interface Upload {
  readonly status: number
  readonly code: string
  /** All of it was sent before the answer came. */
  readonly whole: boolean
}

const sendFile = async (broker: BrokerVariant, path: string, bytes: number): Promise<Upload> => {
  const key = String(/x-api-key: (\S+)/.exec(broker.requestFor({ model: 'mock', stream: false }).toString())?.[1])
  const boundary = randomUUID()
  const headers = {
    authorization: `Bearer ${key}`,
    'x-vendo-connection': ownConnectionId,
    'content-type': `multipart/form-data; boundary=${boundary}`,
  }
  const request = startRequest({ port: broker.port, host: '127.0.0.1', method: 'POST', path, headers })
  const answered = new Promise<{ status: number; code: string }>((resolve) => {
    request.on('response', (answer) => {
      answer.resume()
      const code = String(answer.headers['vendo-error-code'] ?? '')
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, code }))
    })
    // A refusal may close the connection under the upload.
    request.on('error', (error) => resolve({ status: 0, code: String(error) }))
  })
  let over = false
  answered.then(() => {
    over = true
  })
  const field = (name: string, more = '') =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`
  request.write(`${field('model')}whisper-1\r\n${field('purpose')}user_data\r\n${field('file', '; filename="a.wav"')}`)
  for (let sent = 0; sent < bytes && !over; sent += piece.length) await writeRoomy(request, answered)
  const whole = !over
  request.end(`\r\n--${boundary}--\r\n`)
  return { ...(await answered), whole }
}

/** Waits for room, so that it is the broker's memory that is measured and not this one's. */
const writeRoomy = async (request: ClientRequest, answered: Promise<unknown>): Promise<void> => {
  if (!request.write(piece)) await Promise.race([once(request, 'drain').catch(() => undefined), answered])
}
