import { styleText } from 'node:util'

/** How a piece of a bill looks on a terminal. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'warning'

/** The characters and colours of one output: plain ASCII without escapes, or a terminal's. */
export interface Ink {
  /** Colours `text`; leaves it as it is without colour. */
  paint(tone: Tone, text: string): string
  /** Printable text only: what a client or an upstream named may hold escapes that would write to the terminal. */
  clean(text: string): string
  readonly rule: string
  readonly doubleRule: string
  readonly dot: string
  readonly arrow: string
}

const formats = { strong: 'bold', faint: 'dim', good: 'green', warning: 'yellow' } as const

/** Ink for a terminal (`colour`) or for a pipe. */
export const createInk = (colour: boolean): Ink => ({
  paint: (tone, text) =>
    // Whoever asks for colour has looked at the stream already.
    !colour || tone === 'plain' || text === '' ? text : styleText(formats[tone], text, { validateStream: false }),
  clean: (text) => text.replace(colour ? /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu : /[^\x20-\x7e]/g, '?'),
  ...(colour
    ? { rule: '─', doubleRule: '═', dot: ' · ', arrow: ' → ' }
    : { rule: '-', doubleRule: '=', dot: ', ', arrow: ' -> ' }),
})
