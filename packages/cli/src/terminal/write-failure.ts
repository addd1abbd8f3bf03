import { isVendoError } from '@vendo/contract'
import type { CliContext } from '../context.ts'
import { CliError } from './cli-error.ts'
import { printable } from './printable.ts'

/**
 * Says in one line what went wrong and what to do, and returns the exit code. A stack is shown only for faults of vendo
 * itself, and only when VENDO_DEBUG asks for it.
 */
export const writeFailure = ({ errors, env }: Pick<CliContext, 'errors' | 'env'>, failure: unknown): number => {
  errors.write(`vendo: ${printable(sentenceOf(failure)).replace(/\s*\n\s*/g, ' ')}\n`)
  if (env['VENDO_DEBUG'] && failure instanceof Error) errors.write(`${printable(failure.stack ?? '')}\n`)
  return failure instanceof CliError ? failure.exitCode : 1
}

const sentenceOf = (failure: unknown): string => {
  if (failure instanceof CliError) return join(failure.message, failure.nextStep)
  if (isVendoError(failure)) return join(failure.message, failure.suggestedFix)
  const message = failure instanceof Error ? failure.message : String(failure)
  return join(`${message} (This is a fault of vendo.)`, 'Set VENDO_DEBUG=1 to see where it happened.')
}

const join = (message: string, nextStep: string | undefined): string => {
  const sentence = message.charAt(0).toUpperCase() + message.slice(1)
  // Some errors of the SDK say what to do in their message already.
  return nextStep === undefined || sentence.includes(nextStep)
    ? sentence
    : `${/[.!?)]$/.test(sentence) ? sentence : `${sentence}.`} ${nextStep}`
}
