import type { BoundConstants } from '@vendo/integrations/providers'

/** What limits the output that a model can write unseen. */
export interface UnseenOutputOptions {
  readonly constants: Pick<BoundConstants, 'maxOutputTokensPerSecond'>
  readonly model: string
  /** Answers that are written at one time. */
  readonly choices: number
  /** Since the request was sent, by a monotonic clock. */
  readonly elapsedMs: number
}

/** Faster than any model that is not known to be faster. */
const maxTokensPerSecond = 1_000

/** The most tokens that a model can have written in the time it had. */
export const unseenOutput = ({ constants, model, choices, elapsedMs }: UnseenOutputOptions): number =>
  Math.ceil((elapsedMs / 1000) * speedOf(model, constants) * Math.max(choices, 1))

/** Of several names that fit, the longest. */
const speedOf = (model: string, { maxOutputTokensPerSecond = {} }: UnseenOutputOptions['constants']): number => {
  const [fitting] = Object.entries(maxOutputTokensPerSecond)
    .filter(([prefix]) => model.startsWith(prefix))
    .toSorted(([left], [right]) => right.length - left.length)
  return fitting?.[1] ?? maxTokensPerSecond
}
