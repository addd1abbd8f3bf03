/** How a provider is reached without a broker, with the user's own key. */
export interface Upstream {
  /** The provider's API, version segment included. */
  readonly baseURL: string
  /** Header that holds the bare token; absent = `Authorization: Bearer`. */
  readonly header?: string
  /** Sent when the caller did not, as the broker does, so that the same code runs with and without one. */
  readonly defaultHeaders?: Readonly<Record<string, string>>
}

/** The providers that `vendo.fetch` can call in OSS mode. For others `token()` gives the token and the caller knows the address. */
export const upstreams: Readonly<Record<string, Upstream>> = Object.freeze({
  anthropic: {
    baseURL: 'https://api.anthropic.com/v1',
    header: 'x-api-key',
    defaultHeaders: { 'anthropic-version': '2023-06-01' },
  },
  openai: { baseURL: 'https://api.openai.com/v1' },
  openrouter: { baseURL: 'https://openrouter.ai/api/v1' },
  notion: { baseURL: 'https://api.notion.com/v1' },
})
