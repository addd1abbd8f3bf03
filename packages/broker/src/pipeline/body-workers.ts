import { Worker } from 'node:worker_threads'
import { createVendoError, type VendoError } from '@vendo/contract'
import type { BodyReply } from './body-worker.ts'
import type { MeteredBody, MeteredBodyInParts } from './read-metered-body.ts'

/** Threads that read large bodies, so that reading one stops nobody else's call. */
export interface BodyWorkers {
  /**
   * Reads one body in a thread; its buffers move there and are empty here afterwards.
   *
   * @throws {VendoError} as `readMeteredBody` does, or `overloaded` when the thread failed or too many bodies wait.
   */
  read(input: MeteredBodyInParts): Promise<MeteredBody>
  /** Ends the threads; what they were reading is refused as `overloaded`. */
  close(): Promise<void>
}

/** How many threads run at most, and how many bodies may wait for one. */
export interface BodyWorkerLimits {
  readonly maxWorkers: number
  readonly maxWaiting: number
}

/** What a broker uses unless told otherwise. */
export const defaultBodyWorkerLimits: BodyWorkerLimits = { maxWorkers: 2, maxWaiting: 64 }

/** A parsed body takes several times its bytes; a thread that needs more than this ends alone. */
const maxHeapMb = 512

interface Task {
  readonly input: MeteredBodyInParts
  readonly resolve: (read: MeteredBody) => void
  readonly reject: (error: unknown) => void
}

/** Creates the threads' pool. None starts before the first large body. */
export const createBodyWorkers = (
  { maxWorkers, maxWaiting }: BodyWorkerLimits = defaultBodyWorkerLimits,
  start: () => Worker = startWorker,
): BodyWorkers => {
  const waiting: Task[] = []
  const idle: BodyThread[] = []
  const running = new Set<BodyThread>()
  let closed = false

  const freed = (thread: BodyThread): void => {
    const next = waiting.shift()
    if (next === undefined) idle.push(thread)
    else thread.run(next)
  }
  const ended = (thread: BodyThread): void => {
    running.delete(thread)
    const place = idle.indexOf(thread)
    if (place >= 0) idle.splice(place, 1)
    const next = closed ? undefined : waiting.shift()
    if (next !== undefined) begin().run(next)
  }
  const begin = (): BodyThread => {
    const thread = new BodyThread(start(), { freed, ended })
    running.add(thread)
    return thread
  }
  const give = (task: Task): void => {
    const thread = idle.pop() ?? (running.size < maxWorkers ? begin() : undefined)
    if (thread !== undefined) thread.run(task)
    else if (waiting.length < maxWaiting) waiting.push(task)
    else task.reject(noRoom('Too many large request bodies wait to be read just now.'))
  }
  return {
    read: (input) =>
      new Promise((resolve, reject) => {
        if (closed) reject(noRoom('The broker is closing.'))
        else give({ input, resolve, reject })
      }),
    close: async () => {
      closed = true
      for (const { reject } of waiting.splice(0)) reject(noRoom('The broker is closing.'))
      await Promise.all([...running].map((thread) => thread.end()))
    },
  }
}

interface ThreadOwner {
  readonly freed: (thread: BodyThread) => void
  readonly ended: (thread: BodyThread) => void
}

/** One thread, which reads one body at a time and keeps the process alive only while it does. */
class BodyThread {
  readonly #worker: Worker
  #task: Task | undefined

  constructor(worker: Worker, { freed, ended }: ThreadOwner) {
    this.#worker = worker
    worker.on('message', (reply: BodyReply) => {
      const task = this.#take()
      if ('read' in reply) task?.resolve(reply.read)
      else task?.reject(createVendoError(reply.refused.message, reply.refused))
      freed(this)
    })
    const fail = (cause?: unknown) => this.#take()?.reject(noRoom('The thread that read this request failed.', cause))
    worker.on('error', fail)
    worker.once('exit', () => {
      fail()
      ended(this)
    })
    worker.unref()
  }

  run(task: Task): void {
    this.#task = task
    this.#worker.ref()
    const parts = task.input.parts.map(owned)
    this.#worker.postMessage(
      { ...task.input, parts },
      parts.map(({ buffer }) => buffer),
    )
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #take(): Task | undefined {
    const task = this.#task
    this.#task = undefined
    this.#worker.unref()
    return task
  }
}

/** Bytes that fill their buffer: one that others have a part of cannot be given away. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const { buffer } = bytes
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
  return whole ? new Uint8Array(buffer) : Uint8Array.from(bytes)
}

const noRoom = (message: string, cause?: unknown): VendoError =>
  createVendoError(message, { code: 'overloaded', retryAfter: 1, ...(cause !== undefined && { cause }) })

/** The worker stands beside this file, as source or as its own entry of the build. */
const startWorker = (): Worker => {
  const fromSource = import.meta.url.endsWith('.ts')
  return new Worker(new URL(fromSource ? './body-worker.ts' : './body-worker.js', import.meta.url), {
    name: 'vendo-bodies',
    execArgv: fromSource ? ['--conditions=vendo-source'] : [],
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  })
}
