import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createSqliteStore } from './broker/create-store.ts'
import { type BrokerProcess, startBroker } from './broker/start-broker.ts'
import { requestBytes } from './lib/request-bytes.ts'
import { openWorkbench } from './lib/workbench.ts'

// Prints the worst call of a normal caller while another client does its worst: `node bench/neighbours.ts`.
const megabytes = 32_000_000
const barMs = 100
const attackMs = 4_000

interface Attack {
  readonly name: string
  readonly port: number
  readonly key: string
}

const structures: Readonly<Record<string, () => string>> = {
  'empty objects': () => `{"model":"mock","a":[${'{},'.repeat(megabytes / 3 - 20)}{}]}`,
  'empty lists': () => `{"model":"mock","a":[${'[],'.repeat(megabytes / 3 - 20)}[]]}`,
  'millions of keys': () => `{"model":"mock","a":{${Array.from({ length: 2_500_000 }, (_, n) => `"k${n}":1`).join()}}}`,
  'escaped keys': () =>
    `{"model":"mock","a":{${Array.from({ length: 1_700_000 }, (_, n) => `"\\u0061${n}":1`).join()}}}`,
  '400,000 models': () => `{"model":"mock","models":[${Array(400_000).fill('"mock"').join()}]}`,
  '199,000 keys and one long text': () =>
    `{"model":"mock","a":{${Array.from({ length: 199_000 }, (_, n) => `"k${n}":1`).join()}},"b":"${'x'.repeat(28_000_000)}"}`,
  'one text of 31 MB': () =>
    `{"model":"mock-json","max_tokens":1,"messages":[{"role":"user","content":"${'x'.repeat(31_000_000)}"}]}`,
}
const attacks = ['nobody', '150,000 pipelined', '500,000 pipelined', ...Object.keys(structures), '36 stalled uploads']

const headOf = (key: string, bytes: number): string =>
  [
    'POST /anthropic/v1/messages HTTP/1.1',
    'host: 127.0.0.1',
    `x-api-key: ${key}`,
    'content-type: application/json',
    `content-length: ${bytes}`,
    '\r\n',
  ].join('\r\n')

/** Opens a connection whose answers are read, or not. */
const open = async (port: number, read: boolean) => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  let answer = ''
  if (read) socket.on('data', (piece) => (answer += piece.toString('latin1').slice(0, 200)))
  return { socket, answer: () => answer.slice(9, 12) }
}

/** Prepares an attack; what it returns makes it, and says what the broker answered. */
const prepare = ({ name, port, key }: Attack): (() => Promise<string>) => {
  if (name.endsWith(' pipelined')) {
    const requests = Number(name.split(' ', 1)[0]?.replace(',', ''))
    const sent = Buffer.from('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(requests))
    return () => pipeline(port, sent)
  }
  if (name === '36 stalled uploads') {
    const sent = Buffer.concat([Buffer.from(headOf(key, megabytes)), Buffer.alloc(megabytes / 2, ' ')])
    return () => stall(port, sent)
  }
  const body = Buffer.from(structures[name]?.() ?? '')
  const sent = Buffer.concat([Buffer.from(headOf(key, body.length)), body])
  return () => post(port, sent)
}

const pipeline = async (port: number, sent: Buffer): Promise<string> => {
  const { socket } = await open(port, false)
  socket.write(sent)
  await wait(1_000)
  socket.destroy()
  return 'closed'
}

const stall = async (port: number, sent: Buffer): Promise<string> => {
  const uploads = await Promise.all(Array.from({ length: 36 }, () => open(port, true)))
  for (const { socket } of uploads) socket.write(sent)
  await wait(attackMs)
  for (const { socket } of uploads) socket.destroy()
  return `${uploads.filter(({ answer }) => answer() === '503').length} refused`
}

const post = async (port: number, sent: Buffer): Promise<string> => {
  const { socket, answer } = await open(port, true)
  socket.write(sent)
  for (let waited = 0; waited < attackMs && answer() === ''; waited += 50) await wait(50)
  socket.destroy()
  return answer()
}

/** The slowest of the calls that a normal caller makes one after the other until the attack is over. */
const worstCall = async (port: number, request: Buffer, over: Promise<unknown>) => {
  const { socket } = await open(port, false)
  const call = { worst: 0, count: 0 }
  let going = true
  void over.then(() => {
    going = false
  })
  while (going) {
    const start = performance.now()
    socket.write(request)
    await once(socket, 'data')
    call.worst = Math.max(call.worst, performance.now() - start)
    call.count++
    await wait(2)
  }
  socket.destroy()
  return call
}

/** The most memory of a process since it was last asked, in MB; 0 where the system does not tell. */
const peakMemory = async (id: number): Promise<number> => {
  const status = await readFile(`/proc/${id}/status`, 'latin1').catch(() => '')
  await writeFile(`/proc/${id}/clear_refs`, '5').catch(() => undefined)
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_000)
}

const measure = async (name: string, { id, port }: BrokerProcess, keys: readonly string[]): Promise<boolean> => {
  const request = requestBytes({
    model: 'mock-json',
    stream: false,
    bytes: 2_000,
    path: '/anthropic/v1/messages',
    headers: { 'x-api-key': keys[0] ?? '' },
  })
  const attacker =
    name === 'nobody' ? undefined : new Worker(new URL(import.meta.url), { workerData: { name, port, key: keys[1] } })
  if (attacker !== undefined) await once(attacker, 'message')
  await peakMemory(id)
  const over = attacker === undefined ? wait(2_000).then(() => '') : once(attacker, 'message').then(String)
  attacker?.postMessage('go')
  const { worst, count } = await worstCall(port, request, over)
  const memory = String(await peakMemory(id)).padStart(4)
  const line = `worst ${worst.toFixed(1).padStart(6)} ms of ${String(count).padStart(4)} calls, ${memory} MB  ${await over}`
  process.stdout.write(`${name.padEnd(32)} ${line}\n`)
  await attacker?.terminate()
  return worst < barMs
}

if (isMainThread) {
  const workbench = await openWorkbench()
  try {
    const { folder, mockPort } = workbench
    const { store, keys } = await createSqliteStore(folder, 2)
    const setup = { store, upstreamOrigin: `http://127.0.0.1:${mockPort}`, timings: false, traces: false }
    const broker = await startBroker({ setup, folder, source: true, core: null })
    await measure('nobody', broker, keys)
    let failed = 0
    for (const name of attacks) failed += (await measure(name, broker, keys)) ? 0 : 1
    if (failed > 0) process.exitCode = 1
  } finally {
    await workbench.close()
  }
} else {
  // A thread of its own, so that the neighbour's clock measures the broker alone.
  const attack = prepare(workerData as Attack)
  parentPort?.once('message', () => void attack().then((said) => parentPort?.postMessage(said)))
  parentPort?.postMessage('ready')
}
