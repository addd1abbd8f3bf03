/** Header names that Vendo reads or writes, in lower case. */
export const headerNames = {
  /** On every refusal that the broker itself makes: the code of `errorCodes`. */
  errorCode: 'vendo-error-code',
  /** On every answer: the broker's id of the request. */
  requestId: 'x-vendo-request-id',
  /** Picks one of several connections that the app is bound to. */
  connection: 'x-vendo-connection',
  /** Carries a Vendo key where the client's own credential header is taken. */
  key: 'x-vendo-key',
  /** The same, under the name that Bifrost's clients send. */
  bifrostKey: 'x-bf-vk',
  /** `false` tells the official SDKs that a retry cannot help. */
  shouldRetry: 'x-should-retry',
} as const
