/** Where progress goes. */
export interface ProgressSink {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Tells a person how far a run is. */
export interface Progress {
  /** Counts one more, and shows it: on a terminal in one line that changes, elsewhere in a line for every tenth part. */
  step(): void
  /** Prints lines that stay. */
  print(text: string): void
}

/** Progress up to `total` steps of `what`. */
export const createProgress = (sink: ProgressSink, what: string, total: number): Progress => {
  let done = 0
  let shown = 0
  const live = sink.isTTY === true
  const erase = (): void => {
    if (live) sink.write('\r\u001b[2K')
  }
  return {
    step: () => {
      done++
      if (live) sink.write(`\r\u001b[2K${what} ${done}/${total}`)
      if (live && done === total) sink.write('\n')
      if (live || Math.floor((done * 10) / total) === shown) return
      shown = Math.floor((done * 10) / total)
      sink.write(`${what} ${done}/${total}\n`)
    },
    print: (text) => {
      erase()
      sink.write(`${text}\n`)
    },
  }
}
