import { parseArgs } from 'node:util'

/** What a run was asked for. */
export interface BenchOptions {
  readonly quick: boolean
  readonly curves: boolean
  readonly portkey: boolean
  readonly soakSeconds?: number
  /** Only these scenarios or curves; empty = all. */
  readonly only: readonly string[]
  /** Where the report is written. */
  readonly json?: string
  /** How often and how long, instead of the mode's own. */
  readonly rounds?: number
  readonly seconds?: number
  readonly help: boolean
}

/** What `--help` says. */
export const help = `npm run bench -- [options]

  --quick            everything but the soak, in under 3 minutes
  --only NAME        one scenario or curve; may be repeated
  --json FILE        write the report; with --only, FILE keeps the rest of what it says
  --portkey          install @portkey-ai/gateway into the temporary folder and compare with it
  --soak[=SECONDS]   half load for 10 minutes
  --curves           measure how cost grows instead; writes docs/assets/perf-*
  --rounds N         rounds of each variant
  --seconds N        seconds of each round
  --help

VENDO_BENCH_DIR names the disk to measure on. Compare reports with
  node bench/compare.ts FILE
and write docs/performance.md with
  node bench/write-docs.ts
`

const tenMinutes = 600

/** Reads the command line. @throws {TypeError} for what it does not know. */
export const parseOptions = (args: readonly string[]): BenchOptions => {
  const named = args.map((argument) => (argument === '--soak' ? `--soak=${tenMinutes}` : argument))
  const { values } = parseArgs({
    args: named,
    options: {
      quick: { type: 'boolean', default: false },
      curves: { type: 'boolean', default: false },
      portkey: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      soak: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
    },
  })
  const { quick, curves, portkey, only, json, help: asked } = values
  return {
    quick,
    curves,
    portkey,
    only,
    help: asked,
    ...(json !== undefined && { json }),
    ...positive('soakSeconds', values.soak),
    ...positive('rounds', values.rounds),
    ...positive('seconds', values.seconds),
  }
}

const positive = <Name extends string>(name: Name, text: string | undefined): { readonly [N in Name]?: number } => {
  if (text === undefined) return {}
  const value = Number(text)
  if (!(value > 0)) throw new TypeError(`${JSON.stringify(text)} is not a positive number.`)
  return { [name]: value } as { readonly [N in Name]: number }
}
