import { styleText } from 'node:util'
import type { CliContext, Output } from '../context.ts'

/** Colours and weights, or the bare text. */
export interface Paint {
  readonly colour: boolean
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

/** Whether text for this output may be coloured: on a terminal, unless NO_COLOR is set (https://no-color.org). */
export const wantsColour = ({ env }: Pick<CliContext, 'env'>, output: Output): boolean =>
  output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'

/** The paint for one output. */
export const paintFor = (context: Pick<CliContext, 'env'>, output: Output): Paint => {
  const colour = wantsColour(context, output)
  const brush =
    (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow') =>
    (text: string): string =>
      // Not validated against process.stdout, because the text may be for the other output.
      colour ? styleText(style, text, { validateStream: false }) : text
  return {
    colour,
    bold: brush('bold'),
    dim: brush('dim'),
    red: brush('red'),
    green: brush('green'),
    yellow: brush('yellow'),
  }
}
