import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { cores, fromSource, type Program, startProgram } from '../lib/start-program.ts'
import { builtChild, childFromSource } from './built-child.ts'
import type { Answers, BrokerSetup, Question } from './messages.ts'

/** A broker in a process of its own. */
export interface BrokerProcess extends Program {
  readonly port: number
  ask<Q extends Question>(question: Q): Promise<Answers[Q]>
}

/** Where and how a broker runs. */
export interface BrokerProcessOptions {
  readonly setup: BrokerSetup
  /** Where its log goes. */
  readonly folder: string
  /** `null` = all cores. Default: the measured one. */
  readonly core?: number | null
  readonly nodeArgs?: readonly string[]
  /** Runs the sources instead of what is built. */
  readonly source?: boolean
}

// As examples/deploy starts it.
const asDeployed: readonly string[] = ['--max-semi-space-size=8']

let started = 0

/** Starts a broker and resolves when it listens. */
export const startBroker = async (options: BrokerProcessOptions): Promise<BrokerProcess> => {
  const { setup, folder, core = cores.measured, nodeArgs = [], source = false } = options
  const log = openSync(join(folder, `broker-${++started}.log`), 'w', 0o600)
  const script = source ? [...fromSource, childFromSource] : [builtChild()]
  const program = startProgram({
    command: process.execPath,
    args: ['--expose-gc', ...asDeployed, ...nodeArgs, ...script, JSON.stringify(setup)],
    ...(core !== null && { core }),
    stdio: ['ignore', log, 'inherit', 'ipc'],
  })
  const [{ port }] = await Promise.race([once(program.child, 'message'), failure(program)])
  return { ...program, port, ask: createAsk(program) }
}

const failure = async ({ child }: Program): Promise<never> => {
  const [code] = await once(child, 'exit')
  throw new Error(`The broker ended with ${code} before it listened.`)
}

const createAsk = ({ child }: Program): BrokerProcess['ask'] => {
  let last = 0
  return (question) =>
    new Promise((resolve, reject) => {
      const id = ++last
      const hear = (message: { readonly id: number; readonly answer: never }) => {
        if (message.id !== id) return
        child.off('message', hear)
        resolve(message.answer)
      }
      child.on('message', hear)
      child.send({ id, question }, (error) => {
        if (error !== null) reject(error)
      })
    })
}
