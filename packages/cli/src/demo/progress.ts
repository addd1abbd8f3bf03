import type { CliContext } from '../context.ts'

/** One line on a terminal that says what is being waited for; nothing at all in a pipe. */
export interface Progress {
  /** Shows `text`, in place of what was there. */
  waitFor(text: string): void
  /** Takes the line away, before something else is written. */
  clear(): void
}

const frames = ['|', '/', '-', '\\'] as const
const frameMs = 120

/** Creates the progress line of stderr. It keeps no process alive. */
export const createProgress = ({ errors }: Pick<CliContext, 'errors'>): Progress => {
  let timer: NodeJS.Timeout | undefined
  const clear = () => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    errors.write('\r\u001b[K')
  }
  return {
    clear,
    waitFor: (text) => {
      clear()
      if (errors.isTTY !== true) return
      let turn = 0
      const draw = () => errors.write(`\r\u001b[K  ${frames[turn++ % frames.length]} ${text}`)
      draw()
      timer = setInterval(draw, frameMs)
      timer.unref()
    },
  }
}
