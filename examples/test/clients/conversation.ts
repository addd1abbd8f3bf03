/** What each client does in three ways. What a call gives back is what its user would read. */
export interface Conversation {
  /** The text of the answer. */
  plain(): Promise<string>
  streamed(): Promise<string>
  /** Offers `get_weather`, answers its call, and gives the arguments and then the final text. */
  toolCall(): Promise<readonly [called: unknown, text: string]>
}

export const question = 'What is the weather in Lisbon?'
export const user = [{ role: 'user' as const, content: question }]
export const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
export const weather = '21 degrees, clear'
