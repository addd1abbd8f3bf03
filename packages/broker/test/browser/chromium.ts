import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** A real browser without a window. Every host name leads to this machine. */
export interface Chromium {
  openPage(): Promise<Page>
  close(): Promise<void>
}

/** One tab. */
export interface Page {
  /** Goes there, and resolves when the document is loaded, whatever its status. */
  goTo(url: string): Promise<void>
  /** What an expression comes to on the page, after a promise is kept. @throws {Error} what it throws there. */
  evaluate<T>(expression: string): Promise<T>
}

const flags = [
  '--headless=new',
  '--remote-debugging-pipe',
  // The tests run as root in CI, where Chromium has no sandbox; it sees no page but theirs.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--no-first-run',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * 127.0.0.1',
]

/** Starts one with a fresh profile. */
export const startChromium = async (executable: string): Promise<Chromium> => {
  const profile = await mkdtemp(join(tmpdir(), 'vendo-chromium-'))
  const child = spawn(executable, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const pipe = new DebuggingPipe(child)
  return {
    openPage: async () => {
      const { targetId } = await pipe.ask<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
      const { sessionId } = await pipe.ask<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
      await pipe.ask('Page.enable', {}, sessionId)
      return pageOf(pipe, sessionId)
    },
    close: async () => {
      await pipe.ask('Browser.close', {}).catch(() => child.kill('SIGKILL'))
      await exited
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

interface Evaluated<T> {
  readonly result: { readonly value: T }
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string }; readonly text: string }
}

const pageOf = (pipe: DebuggingPipe, sessionId: string): Page => ({
  goTo: async (url) => {
    const loaded = pipe.next('Page.loadEventFired', sessionId)
    const { errorText } = await pipe.ask<{ errorText?: string }>('Page.navigate', { url }, sessionId)
    if (errorText !== undefined) throw new Error(`${url}: ${errorText}`)
    await loaded
  },
  evaluate: async <T>(expression: string) => {
    const asked = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await pipe.ask<Evaluated<T>>('Runtime.evaluate', asked, sessionId)
    if (exceptionDetails === undefined) return result.value
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  },
})

interface Message {
  readonly id?: number
  readonly method?: string
  readonly sessionId?: string
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** The DevTools protocol over two pipes: JSON messages, each ended by a zero byte. */
class DebuggingPipe {
  readonly #out: Writable
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #listeners = new Set<(message: Message) => void>()
  #lastId = 0
  #text = ''

  constructor(child: ChildProcess) {
    this.#out = child.stdio[3] as Writable
    const input = child.stdio[4] as Readable
    input.setEncoding('utf8').on('data', (piece: string) => this.#read(piece))
    this.#out.on('error', () => undefined)
    const fail = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has ended.'))
      this.#waiting.clear()
    }
    child.once('exit', fail).once('error', fail)
  }

  ask<T>(method: string, params: Readonly<Record<string, unknown>>, sessionId?: string): Promise<T> {
    const id = ++this.#lastId
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    return waiting.promise as Promise<T>
  }

  /** Resolves when it happens the next time. */
  next(method: string, sessionId: string): Promise<void> {
    return new Promise((resolve) => {
      const listener = (message: Message) => {
        if (message.method !== method || message.sessionId !== sessionId) return
        this.#listeners.delete(listener)
        resolve()
      }
      this.#listeners.add(listener)
    })
  }

  #read(piece: string): void {
    const texts = (this.#text + piece).split('\0')
    this.#text = texts.pop() as string
    for (const text of texts) this.#take(JSON.parse(text) as Message)
  }

  #take(message: Message): void {
    if (message.id === undefined) {
      for (const listener of [...this.#listeners]) listener(message)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.error === undefined) waiting?.resolve(message.result)
    else waiting?.reject(new Error(message.error.message))
  }
}
