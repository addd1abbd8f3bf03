import { CliError } from '../terminal/cli-error.ts'
import { restartDelayMs, steadyMs } from './restart-delay.ts'

/** One running worker. */
export interface RunningWorker {
  /** Resolves when it answers; stays open when it never does. */
  readonly ready: Promise<string>
  /** Resolves with how it ended, such as `exit code 1` or `SIGKILL`; undefined for a clean end. */
  readonly ended: Promise<string | undefined>
  /** Asks it to end in peace. */
  drain(): void
  /** Ends it at once. */
  kill(): void
}

/** What a supervisor works with. */
export interface SupervisorOptions {
  readonly count: number
  /** Starts the worker of a slot, 0 to `count` − 1. */
  readonly start: (slot: number) => RunningWorker
  readonly log: (sentence: string) => void
  readonly wait?: (ms: number) => Promise<void>
  /** Milliseconds of any clock that never goes back. */
  readonly now?: () => number
}

/** Keeps a number of workers running. */
export interface Supervisor {
  /**
   * Resolves to the address when every worker answers.
   *
   * @throws {CliError} when one ends before that: whatever is wrong would be wrong again.
   */
  readonly ready: Promise<string>
  /** Ends all workers in peace, and those that do not end within `mostMs` at once. Resolves to how these ended that did not end well. */
  drain(mostMs: number): Promise<readonly string[]>
  /** Ends all at once. */
  kill(): void
}

/** Starts the workers. One that ends later is started again, after a wait that grows while it keeps ending. */
export const superviseWorkers = (options: SupervisorOptions): Supervisor => new WorkerSupervisor(options)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

class WorkerSupervisor implements Supervisor {
  readonly ready: Promise<string>
  readonly #options: Required<SupervisorOptions>
  readonly #live = new Map<number, RunningWorker>()
  readonly #slots: Promise<void>
  readonly #stopped: Promise<void>
  readonly #ends: string[] = []
  #stop: () => void = () => undefined
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = { wait: pause, now: () => performance.now(), ...options }
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve
    })
    const slots = Array.from({ length: options.count }, (_, slot) => slot)
    const first = slots.map((slot) => this.#start(slot))
    this.ready = this.#allAnswer(first)
    this.#slots = Promise.all(first.map((worker, slot) => this.#keep(slot, worker))).then(() => undefined)
  }

  async drain(mostMs: number): Promise<readonly string[]> {
    this.#halt()
    for (const worker of this.#live.values()) worker.drain()
    const late = this.#options.wait(mostMs).then(() => this.kill())
    await Promise.race([this.#slots, late])
    await this.#slots
    return this.#ends
  }

  kill(): void {
    this.#halt()
    for (const worker of this.#live.values()) worker.kill()
  }

  #halt(): void {
    this.#stopping = true
    this.#stop()
  }

  #start(slot: number): RunningWorker {
    const worker = this.#options.start(slot)
    this.#live.set(slot, worker)
    return worker
  }

  async #allAnswer(workers: readonly RunningWorker[]): Promise<string> {
    const answers = workers.map((worker) => Promise.race([worker.ready, worker.ended.then(refuseToStart)]))
    const [url = ''] = await Promise.all(answers)
    return url
  }

  /** False when some worker never answered: then nothing is started again. */
  #begun(): Promise<boolean> {
    return this.ready.then(
      () => true,
      () => false,
    )
  }

  /** Runs one slot until everything stops. */
  async #keep(slot: number, first: RunningWorker): Promise<void> {
    const { wait, now, log } = this.#options
    let quickEnds = 0
    for (let worker = first; ; worker = this.#start(slot)) {
      const startedAt = now()
      const end = await worker.ended
      this.#live.delete(slot)
      if (this.#stopping && end !== undefined) this.#ends.push(end)
      if (this.#stopping || !(await this.#begun())) return
      quickEnds = now() - startedAt < steadyMs ? quickEnds + 1 : 1
      const delayMs = restartDelayMs(quickEnds)
      log(`worker ${slot} ended (${end ?? 'on its own'}); it starts again in ${delayMs} ms`)
      await Promise.race([wait(delayMs), this.#stopped])
      if (this.#stopping) return
    }
  }
}

const refuseToStart = (): never => {
  throw new CliError('A worker did not start.', 'What it said is above.')
}
