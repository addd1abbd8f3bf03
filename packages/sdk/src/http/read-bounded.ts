/** A body's text, as far as it was read. */
export interface BoundedText {
  readonly text: string
  /** The body went on beyond the bound; the rest was not read. */
  readonly cut: boolean
}

/** Reads at most `maxBytes` of a body as UTF-8 and cancels the rest. Rejects with the platform's error when it breaks off. */
export const readBounded = async (response: Response, maxBytes: number): Promise<BoundedText> => {
  if (response.body === null) return { text: '', cut: false }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), cut: false }
    text += decoder.decode(value.subarray(0, left), { stream: true })
    left -= value.byteLength
    if (left < 0) {
      // What the far end makes of the cancellation does not matter any more.
      void reader.cancel().catch(() => undefined)
      return { text, cut: true }
    }
  }
}
