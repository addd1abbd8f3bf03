import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Tells a client that waits with its body (`Expect: 100-continue`) to send it. Called only when the body is wanted, so that
 * a refusal comes before it. Does nothing for other clients.
 */
export const askForBody = ({ headers, httpVersion }: IncomingMessage, answer: ServerResponse): void => {
  // Node refuses any other expectation, and none counts in HTTP/1.0.
  if (headers.expect !== undefined && httpVersion === '1.1') answer.writeContinue()
}
