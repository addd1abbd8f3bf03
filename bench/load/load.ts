import { readFileSync } from 'node:fs'
import { Agent, request as startRequest } from 'node:http'

// The load generator of load.c for machines without a C compiler: the same options and report, at many times the cost.
const options = new Map(process.argv.slice(2).map((argument) => argument.split('=', 2) as [string, string]))
const textOf = (name: string): string => options.get(name) ?? ''
const numberOf = (name: string): number => Number(options.get(name) ?? 0)
const [port, connections, seconds, rate] = ['port', 'connections', 'seconds', 'rate'].map(numberOf) as [
  number,
  number,
  number,
  number,
]

const whole = readFileSync(textOf('request'))
const headEnd = whole.indexOf('\r\n\r\n')
const [requestLine = '', ...headerLines] = whole.toString('latin1', 0, headEnd).split('\r\n')
const [method = 'POST', path = '/'] = requestLine.split(' ')
const headers = Object.fromEntries(headerLines.map((line) => line.split(': ', 2) as [string, string]))
const body = whole.subarray(headEnd + 4)
const keys = options.has('keys') ? readFileSync(textOf('keys'), 'utf8').trim().split('\n') : undefined
const firstKey = keys?.[0] ?? ''

const agent = new Agent({ keepAlive: true, maxSockets: connections })
const latency: number[] = []
const firstByte: number[] = []
const count = { inTime: 0, refused: 0, broken: 0, events: 0, bytes: 0, started: 0, inFlight: 0 }
let refusedWith = ''
const micros = () => performance.now() * 1000

const headersOf = (number: number) => {
  if (keys === undefined) return headers
  const key = keys[number % keys.length] ?? firstKey
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(firstKey, key)]))
}

const countPiece = (piece: Buffer): void => {
  count.bytes += piece.length
  for (let at = piece.indexOf('\n\n'); at >= 0; at = piece.indexOf('\n\n', at + 2)) count.events += 1
}

const send = (startedAt: number): Promise<void> =>
  new Promise((resolve) => {
    count.inFlight += 1
    let [gotFirst, over] = [0, false]
    const finish = (outcome: 'whole' | 'refused' | 'broken') => {
      if (over) return
      over = true
      count.inFlight -= 1
      if (outcome !== 'whole') count[outcome] += 1
      else {
        if (rate > 0 || micros() <= endsAt) count.inTime += 1
        latency.push(micros() - startedAt)
        firstByte.push(gotFirst - startedAt)
      }
      resolve()
    }
    const request = startRequest(
      { port, host: '127.0.0.1', method, path, agent, headers: headersOf(count.started++) },
      (answer) => {
        gotFirst = micros()
        if (answer.statusCode !== 200)
          refusedWith ||= `${answer.statusCode} ${answer.headers['vendo-error-code'] ?? ''}`
        answer.on('data', countPiece)
        answer.on('end', () => finish((answer.statusCode ?? 0) < 300 ? 'whole' : 'refused'))
        answer.on('close', () => finish('broken'))
      },
    )
    request.on('error', () => finish('broken'))
    request.end(body)
  })

const beganAt = micros()
const endsAt = beganAt + seconds * 1_000_000

const keepBusy = async (index: number): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, (numberOf('spread') * 1000 * index) / connections))
  while (micros() < endsAt) await send(micros())
}

const keepTime = async (): Promise<void> => {
  const under: Promise<void>[] = []
  const step = 1_000_000 / rate
  for (let next = beganAt; next < endsAt; next += step) {
    const wait = (next - micros()) / 1000
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    under.push(send(Math.min(next, micros())))
  }
  await Promise.all(under)
}

await (rate > 0 ? keepTime() : Promise.all(Array.from({ length: connections }, (_, index) => keepBusy(index))))
const took = (micros() - beganAt) / 1_000_000
for (const values of [latency, firstByte]) values.sort((left, right) => left - right)
const quantile = (values: readonly number[], share: number) =>
  Math.round(values[Math.round(share * (values.length - 1))] ?? 0)
const report = {
  completed: latency.length,
  seconds: took,
  perSecond: count.inTime / seconds,
  p50: quantile(latency, 0.5),
  p90: quantile(latency, 0.9),
  p99: quantile(latency, 0.99),
  most: quantile(latency, 1),
  firstByteP50: quantile(firstByte, 0.5),
  firstByteP99: quantile(firstByte, 0.99),
  events: count.events,
  refused: count.refused,
  refusedWith,
  broken: count.broken,
  unfinished: count.inFlight,
  bytes: count.bytes,
}
process.stdout.write(`${JSON.stringify(report)}\n`)
process.exit(0)
