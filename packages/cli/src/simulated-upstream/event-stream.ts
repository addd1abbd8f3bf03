/** One server-sent event with a name, as Anthropic and the Responses API send it. */
export const namedEvent = (data: { readonly type: string } & Readonly<Record<string, unknown>>): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

/** One server-sent event without a name, as chat completions send it. */
export const bareEvent = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`
