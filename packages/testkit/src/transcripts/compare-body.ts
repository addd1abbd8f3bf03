/** Characters shown on either side of the first difference. */
const around = 60

const excerpt = (bytes: Uint8Array, at: number): string =>
  JSON.stringify(Buffer.from(bytes.subarray(Math.max(0, at - around), at + around)).toString('utf8'))

/** Describes the first difference of two bodies in a few short lines; undefined when they are byte-identical. */
export const compareBytes = (sent: Uint8Array, received: Uint8Array): string | undefined => {
  if (Buffer.compare(sent, received) === 0) return undefined
  let at = 0
  while (at < sent.length && sent[at] === received[at]) at++
  return [
    `body differs at byte ${at} (${sent.length} bytes sent, ${received.length} received)`,
    `  - ${excerpt(sent, at)}`,
    `  + ${excerpt(received, at)}`,
  ].join('\n')
}
