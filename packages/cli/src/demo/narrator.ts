import { basename } from 'node:path'
import { looksLikeVendoKey, maskVendoKey } from '@vendo/contract'
import { costOf, usesOwnKey } from '../bill/bill-rows.ts'
import { formatCount, formatUsd } from '../bill/format-amount.ts'
import { createInk, type Ink, type Tone } from '../bill/ink.ts'
import { type Bill, renderBill } from '../bill/render-bill.ts'
import type { CliContext } from '../context.ts'
import { formatEnv } from '../env/format-env.ts'
import type { Injection } from '../env/load-injection.ts'
import { wantsColour } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import type { WithoutVendo } from './demo-document.ts'
import type { MeteredRun } from './metered-run.ts'
import type { CapProof } from './prove-cap.ts'
import type { Stage } from './stage.ts'
import { createWordWrap } from './word-wrap.ts'

/** Tells the demonstration to a person, as it happens. */
export interface Narrator {
  opening(stage: Stage): void
  appStarts(injection: Injection): void
  answer(text: string): void
  answersEnd(): void
  bill(run: MeteredRun, simulated: boolean): void
  proof(proof: CapProof): void
  withoutVendo(run: WithoutVendo | undefined): void
  /** The end: what to paste while the broker serves, or how to start it again. */
  yourTurn(stage: Stage, injection: Injection | undefined): void
}

const widestBill = 120

/** A narrator on stdout: in colour on a terminal, in plain ASCII elsewhere. */
export const createNarrator = (context: CliContext): Narrator => {
  const { output } = context
  const colour = wantsColour(context, output)
  const width = Math.min(output.columns ?? 80, widestBill)
  const page: Page = { ink: createInk(colour), width, write: (text) => output.write(text) }
  const lineWidth = output.isTTY === true ? width : Number.POSITIVE_INFINITY
  const wrap = createWordWrap(lineWidth, paintHeadings(page))
  return {
    opening: (stage) => writeOpening(page, context, stage),
    appStarts: (injection) => writeVariables(page, injection),
    answer: (text) => wrap.write(printable(text)),
    answersEnd: () => wrap.end(),
    bill: (run, simulated) => writeBill(page, run, { simulated, colour }),
    proof: (proof) => writeProof(page, proof),
    withoutVendo: (run) => writeWithoutVendo(page, run),
    yourTurn: (stage, injection) => writeYourTurn(page, stage, injection),
  }
}

interface Page {
  readonly ink: Ink
  readonly width: number
  readonly write: (text: string) => void
}

const heading = ({ ink, width, write }: Page, text: string): void =>
  write(`\n${ink.paint('strong', text)}\n${ink.paint('faint', ink.rule.repeat(Math.min(width, 80)))}\n`)

/** `name   text`, the text wrapped at words and indented. */
const fact = ({ ink, width, write }: Page, name: string, text: string, tone: Tone = 'plain'): void => {
  const indent = 10
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > Math.min(width, 100) - indent) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  for (const [index, line] of lines.entries()) {
    write(`${ink.paint('faint', (index === 0 ? name : '').padEnd(indent))}${ink.paint(tone, line)}\n`)
  }
}

const writeOpening = (page: Page, { cwd }: CliContext, { broker, keys }: Stage): void => {
  heading(page, 'vendo: one key, an unmodified SDK, an exact bill')
  if (broker.simulated) {
    fact(
      page,
      'upstream',
      'SIMULATED: no provider is called and nothing is paid. --live uses your own keys.',
      'warning',
    )
  }
  for (const { slug, variable } of keys) {
    fact(page, 'upstream', `LIVE: ${slug} is called with your key in ${variable}.`, 'warning')
  }
  if (keys.length > 0)
    fact(page, 'limit', 'The app may spend $0.049, the proof $0.001: $0.05 together, then it is refused.')
  fact(page, 'broker', `${broker.url}, with its ledger in ${basename(cwd)}/.vendo/`)
}

const writeVariables = (page: Page, { vars }: Injection): void => {
  fact(page, 'app', 'examples/sample-app/app.ts, which knows nothing of all this and reads its environment:')
  const names = Object.keys(vars).filter((name) => /_(API_KEY|BASE_URL)$/.test(name) && !name.startsWith('VENDO_'))
  const nameWidth = Math.max(0, ...names.map((name) => name.length))
  for (const name of names) {
    const value = vars[name] ?? ''
    const shown = looksLikeVendoKey(value) ? maskVendoKey(value).replace('…', '...') : value
    page.write(`${' '.repeat(10)}${name.padEnd(nameWidth)}  ${page.ink.paint('faint', shown)}\n`)
  }
}

const writeBill = ({ write, width }: Page, run: MeteredRun, look: Pick<Bill, 'simulated' | 'colour'>): void => {
  const { calls, ledger, balanceBefore, balanceAfter } = run
  // On one's own keys the wallet pays nothing, and what is in it is beside the point.
  const balance = balanceBefore === balanceAfter ? {} : { balanceBefore, balanceAfter }
  write(`\n${renderBill({ title: 'The bill', calls, ledger, ...balance, width, ...look })}`)
}

/** Lines that begin with `>` name the call that follows. */
const paintHeadings = ({ ink, write }: Page): ((text: string) => void) => {
  let atLineStart = true
  let inHeading = false
  return (text) => {
    if (text === '\n') inHeading = false
    else if (atLineStart) inHeading = text.startsWith('>')
    atLineStart = text === '\n'
    write(inHeading ? ink.paint('strong', text) : text)
  }
}

const writeProof = (page: Page, proof: CapProof): void => {
  const { refusal, fittingMaxTokens, passed } = proof
  heading(page, `The proof: a key that may spend $${proof.capUsd}`)
  fact(page, 'asks', `${proof.model} for up to ${formatCount(proof.askedMaxTokens)} tokens`)
  fact(page, 'refused', `${refusal.status} ${refusal.code}: ${refusal.message}`, 'warning')
  fact(page, '', proof.dispatched ? 'It was dispatched all the same.' : 'Nothing of it reached the upstream.')
  fact(page, 'asks', `again, with max_tokens ${formatCount(fittingMaxTokens)}`)
  const cost = `${formatUsd(costOf(passed))}${usesOwnKey(passed) ? ' at list price, on your own key' : ' charged'}`
  fact(page, 'passes', `${passed.upstream_status}, ${cost}`, 'good')
}

const writeWithoutVendo = (page: Page, run: WithoutVendo | undefined): void => {
  heading(page, 'The same app without Vendo')
  if (run === undefined) {
    fact(page, 'left out', 'On your own keys nothing would limit what it spends. Run without --live to see it.')
    return
  }
  fact(
    page,
    'keys',
    `${run.environment.join(', ')} in its environment; ${run.dotenv.join(', ')} in a .env file; no broker`,
  )
  const same = run.sameOutput ? 'the same answers, byte for byte: the code did not change' : 'other answers than before'
  fact(page, 'answers', same, run.sameOutput ? 'good' : 'warning')
  fact(
    page,
    'ledger',
    run.newRows === 0 ? 'no new row: nobody saw these calls but the provider' : `${run.newRows} new rows`,
  )
}

const writeYourTurn = (page: Page, { broker }: Stage, injection: Injection | undefined): void => {
  heading(page, 'Your turn')
  if (injection === undefined) {
    fact(page, 'any app', 'npx vendo run -- node your-app.js', 'strong')
    fact(page, '', 'prints what it cost when it ends. `npm start` keeps this broker running.')
    return
  }
  fact(page, 'paste', 'this where your own app starts. Any official SDK, any language, no change of code:')
  page.write(`\n${formatEnv('shell', injection.vars)}\n`)
  fact(page, 'serving', `${broker.url} until Ctrl-C`, 'good')
}
