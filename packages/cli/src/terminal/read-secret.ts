import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Secret } from '@vendo/contract'
import type { CliContext } from '../context.ts'
import { CliError } from './cli-error.ts'

const mostCharacters = 16_384

/**
 * Reads a secret from standard input: typed without an echo on a terminal, else everything up to the end.
 *
 * @throws {CliError} when nothing, or far too much, was given.
 */
export const readSecret = async (context: CliContext, question: string): Promise<Secret> => {
  const text = (context.input.isTTY === true ? await ask(context, question) : await readAll(context)).trim()
  if (text === '') throw new CliError('No secret was given.', 'Pipe it in, or type it when asked.')
  if (text.length > mostCharacters) throw new CliError('The secret is longer than any key or token.')
  return new Secret(text)
}

const readAll = async ({ input }: CliContext): Promise<string> => {
  let text = ''
  for await (const piece of input) {
    text += String(piece)
    if (text.length > mostCharacters * 2) break
  }
  return text
}

const ask = ({ input, errors }: CliContext, question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    errors.write(`${question}: `)
    // The line editor echoes into this, which shows nothing.
    const dark = new Writable({ write: (_chunk, _encoding, done) => done() })
    const editor = createInterface({ input, output: dark, terminal: true })
    let answered = false
    editor.on('line', (line) => {
      answered = true
      editor.close()
      resolve(line)
    })
    editor.on('SIGINT', () => editor.close())
    editor.on('close', () => {
      errors.write('\n')
      if (!answered) reject(new CliError('Nothing was connected.', undefined, 130))
    })
  })
