import { isTokenMeter, type Meter, type Quantities } from '@vendo/contract'
import type { UsageReading } from '@vendo/wire'
import type { RequestBound } from './bound.ts'
import { inputMeters } from './price.ts'

/** A call that ended without saying, or without saying in the end, what it consumed. */
export interface EstimateOptions {
  readonly bound: Pick<RequestBound, 'quantities' | 'hidesOutput' | 'background'>
  readonly reading: UsageReading | undefined
  /** The upstream's status; null when it never answered. */
  readonly status: number | null
  /**
   * The most output that the model can have written unseen in the time it had, in tokens: for credentials of the tenant's own.
   * Absent: as much as is held.
   */
  readonly unseenOutput?: number | undefined
}

/**
 * The quantities to settle such a call at, never above its bound:
 *
 * - the upstream refused (a status other than 2xx, or an error before any output): nothing;
 * - it never answered, or works on in the background: the bound, for nobody knows what it did;
 * - it broke off, or did not tell one side: input and uses as last reported (a stream's start tells them), else the bound's. Output of a request whose
 *   model shows all that it writes is the larger of what was reported and the bytes of text that were seen, one byte for a
 *   token at most. Where reasoning may be hidden the text tells nothing of it, not even once it is over: then output is the
 *   bound's, unless the provider counts it, reasoning included, while the answer runs (Gemini);
 * - on a credential of the tenant's own, output that may be hidden is what can be written in the time there was.
 */
export const estimateUsage = ({ bound, reading, status, unseenOutput }: EstimateOptions): Quantities => {
  if (wasRefused({ reading, status })) return {}
  if (worksOn({ bound, reading })) return bound.quantities
  const unseen = status === null || reading === undefined || outputUnseen({ bound, reading })
  if (unseen && unseenOutput !== undefined) return estimateByTime(bound, reading, unseenOutput)
  if (status === null || reading === undefined) return bound.quantities
  const reported = reading.usage?.quantities ?? {}
  const { untold = [] } = reading
  const known = tellsInput(reported) && !untold.includes('input')
  return withoutNoughts({
    ...inputSide(known ? reported : bound.quantities),
    ...outputOf({ bound, reading, reported }),
  })
}

const outputOf = ({ bound, reading, reported }: Told): Quantities => {
  if (tellsOutput(reading)) return outputSide(reported)
  return outputUnseen({ bound, reading }) ? outputSide(bound.quantities) : estimateOutput(bound, reading)
}

interface Told {
  readonly bound: EstimateOptions['bound']
  readonly reading: UsageReading
  readonly reported: Quantities
}

/** Whether the provider goes on after the end of what was read of its answer; one cut before it said so may do so too. */
export const worksOn = ({ bound, reading }: Pick<EstimateOptions, 'bound' | 'reading'>): boolean =>
  reading?.pending === true || (bound.background && reading?.complete !== true && reading?.failed !== true)

/** Whether an answer that broke off may have been billed for output that nothing in it tells of. */
export const outputUnseen = ({ bound, reading }: Pick<EstimateOptions, 'bound' | 'reading'>): boolean => {
  if (!bound.hidesOutput || reading?.countsReasoning === true) return false
  return reading === undefined || !tellsOutput(reading)
}

/** The output is that of the whole answer, as a whole number, whatever became of the input. */
const tellsOutput = ({ usage, final, untold = [] }: UsageReading): boolean =>
  final && usage?.quantities.output !== undefined && !untold.includes('output')

/** Whether these counts know the input: without a single meter of tokens in, or of seconds, they do not, and it is not nought. */
export const tellsInput = (quantities: Quantities): boolean => {
  for (const meter of inputMeters) if (quantities[meter] !== undefined) return true
  return quantities.audio_second !== undefined
}

/** Whether an answer without usage shows that nothing was consumed. */
export const wasRefused = ({ reading, status }: Omit<EstimateOptions, 'bound'>): boolean => {
  if (reading?.usage !== undefined) return false
  if (status !== null && (status < 200 || status >= 300)) return true
  return reading?.failed === true && reading.visibleOutputBytes === 0
}

const outputMeters: readonly Meter[] = ['output', 'output_audio', 'output_image']

const inputSide = (quantities: Quantities): Quantities =>
  Object.fromEntries(Object.entries(quantities).filter(([meter]) => !outputMeters.includes(meter as Meter)))

const outputSide = (quantities: Quantities): Quantities =>
  Object.fromEntries(Object.entries(quantities).filter(([meter]) => outputMeters.includes(meter as Meter)))

/** Input as reported, else as held; and beside the output that was seen what can have been written unseen, within the hold. */
const estimateByTime = (
  bound: EstimateOptions['bound'],
  reading: UsageReading | undefined,
  unseenOutput: number,
): Quantities => {
  const { quantities } = bound
  const reported = reading?.usage?.quantities ?? {}
  const held = heldOutput(quantities)
  const seen = reading === undefined ? {} : estimateOutput(bound, reading)
  const output = Math.min(quantities[held] ?? 0, (seen[held] ?? 0) + unseenOutput)
  const known = tellsInput(reported) && reading?.untold?.includes('input') !== true
  return withoutNoughts({ ...inputSide(known ? reported : quantities), ...seen, [held]: output })
}

/** The meter that the bound holds the output under. */
const heldOutput = (bound: Quantities): Meter => outputMeters.find((meter) => bound[meter] !== undefined) ?? 'output'

/** Visible bytes are counted under the meter that the bound holds the output under, on top of reasoning that was counted. */
const estimateOutput = (
  { quantities: bound }: EstimateOptions['bound'],
  { usage, visibleOutputBytes }: UsageReading,
): Quantities => {
  const reported = usage?.quantities ?? {}
  const held = heldOutput(bound)
  const shown = visibleOutputBytes + (usage?.reasoning ?? 0)
  const seen = Math.min(bound[held] ?? 0, Math.max(reported[held] ?? 0, shown))
  const others = outputMeters.filter((meter) => meter !== held && reported[meter] !== undefined)
  return { ...Object.fromEntries(others.map((meter) => [meter, reported[meter]])), [held]: seen }
}

const withoutNoughts = (quantities: Quantities): Quantities =>
  Object.fromEntries(Object.entries(quantities).filter(([, quantity]) => quantity > 0))

/** All tokens, in and out: what counts against tokens per minute. */
export const totalTokens = (quantities: Quantities): number => {
  let total = 0
  for (const meter of Object.keys(quantities) as Meter[]) {
    if (isTokenMeter(meter)) total += quantities[meter] ?? 0
  }
  return total
}
