import { plainDecimal } from '@vendo/wire'

/** A parsed JSON object whose numbers stand as they were written. */
export type ListObject = Readonly<Record<string, unknown>>

/** A number of a list, exactly as it was written. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * Parses JSON and keeps the digits of its numbers: no price goes through a floating-point number.
 *
 * @throws {SyntaxError} for what is no JSON.
 */
export const parseExactly = (text: string): unknown =>
  JSON.parse(text, ((_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value) as Parameters<
    typeof JSON.parse
  >[1])

/** Whether a value is an object with members. */
export const isListObject = (value: unknown): value is ListObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)

/** A price as a plain decimal; `undefined` for what is none, such as a negative one. */
export const priceIn = (value: unknown): string | undefined => {
  const text = value instanceof NumberText ? value.text : typeof value === 'string' ? value : undefined
  return text === undefined ? undefined : plainDecimal(text)
}

/** A whole count above 0. */
export const countIn = (value: unknown): number | undefined => {
  const count =
    value instanceof NumberText ? Number(value.text) : typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isSafeInteger(count) && count > 0 ? count : undefined
}

/** Whether a price is nought, or stands for none. */
export const isNoPrice = (value: unknown): boolean =>
  value === null || value === undefined || /^[0.]+$/.test(priceIn(value) ?? 'none')
